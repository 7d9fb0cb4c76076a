using System.Text.Json.Serialization;

namespace Webhooks.Core.Deliveries;

/// <summary>An attempt as the column <c>attempts</c> keeps it, and the API shows it.</summary>
/// <param name="Number">1 for the first.</param>
/// <param name="StartedAt">UTC.</param>
/// <param name="DurationMs">Milliseconds.</param>
/// <param name="ResponseStatus">Null when no answer came.</param>
/// <param name="ResponseBody">The beginning of the answer's body; null when no answer came.</param>
/// <param name="Error">A code of <see cref="Sending.SendError"/>, or null.</param>
/// <param name="Message">The error for a person, or null.</param>
/// <param name="Trigger">Why it was made, as the text of <see cref="AttemptTrigger"/>; null when the schedule wanted it.</param>
public sealed record RecordedAttempt(
    int Number,
    DateTimeOffset StartedAt,
    int DurationMs,
    int? ResponseStatus,
    string? ResponseBody,
    string? Error,
    string? Message,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Trigger = null)
{
    /// <summary>The answer's headers, by name; null unless it was answered with something else than a success.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, string>? ResponseHeaders { get; init; }
}
