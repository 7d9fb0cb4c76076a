using Webhooks.Core.Deliveries;

namespace Webhooks.Api.Deliveries;

/// <summary>One signed POST of a delivery.</summary>
/// <param name="Number">1 for the first.</param>
/// <param name="StartedAt">When it began, UTC.</param>
/// <param name="DurationMs">How long it took until the answer's body ended, or its time did, in milliseconds.</param>
/// <param name="ResponseStatus">The HTTP status of the answer; null when none came.</param>
/// <param name="ResponseHeaders">
/// The headers of an answer that was no success, by name, 4000 characters at most; the values of cookies are masked. Null otherwise.
/// </param>
/// <param name="ResponseBody">
/// The beginning of the answer's body as text, decompressed and decoded as its headers say; null when no answer came. When the body broke
/// off, or did not end within 5 s of the status, its last line says so: `[cut off: …]`.
/// </param>
/// <param name="Error">Why no answer came, or that the answer ended the delivery, as a code; or null.</param>
/// <param name="Message">The error in words; or null.</param>
/// <param name="Trigger">
/// Why it was made: `schedule`, `manual` (somebody asked for it), `probe` (to find out whether the receiver answers again) or `recovery`.
/// </param>
internal sealed record AttemptResource(
    int Number,
    DateTime StartedAt,
    int DurationMs,
    int? ResponseStatus,
    IReadOnlyDictionary<string, string>? ResponseHeaders,
    string? ResponseBody,
    string? Error,
    string? Message,
    string Trigger)
{
    public static AttemptResource From(RecordedAttempt attempt) => new(
        attempt.Number,
        attempt.StartedAt.UtcDateTime,
        attempt.DurationMs,
        attempt.ResponseStatus,
        attempt.ResponseHeaders,
        attempt.ResponseBody,
        attempt.Error,
        attempt.Message,
        attempt.Trigger ?? AttemptTriggerText.Schedule);
}
