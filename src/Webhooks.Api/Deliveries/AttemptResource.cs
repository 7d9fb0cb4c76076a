using Webhooks.Core.Deliveries;

namespace Webhooks.Api.Deliveries;

/// <summary>One signed POST of a delivery.</summary>
/// <param name="Number">1 for the first.</param>
/// <param name="StartedAt">When it began, UTC.</param>
/// <param name="DurationMs">How long it took, in milliseconds.</param>
/// <param name="ResponseStatus">The HTTP status of the answer; null when none came.</param>
/// <param name="ResponseBody">The beginning of the answer's body; null when none came.</param>
/// <param name="Error">Why no answer came, as a code; or null.</param>
/// <param name="Message">The error in words; or null.</param>
internal sealed record AttemptResource(
    int Number,
    DateTime StartedAt,
    int DurationMs,
    int? ResponseStatus,
    string? ResponseBody,
    string? Error,
    string? Message)
{
    public static AttemptResource From(RecordedAttempt attempt) => new(
        attempt.Number,
        attempt.StartedAt.UtcDateTime,
        attempt.DurationMs,
        attempt.ResponseStatus,
        attempt.ResponseBody,
        attempt.Error,
        attempt.Message);
}
