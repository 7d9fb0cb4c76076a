using System.Text.Json.Serialization;
using Webhooks.Core.Statistics;

namespace Webhooks.Api.Statistics;

/// <summary>The counts of an event type, an error or a webhook.</summary>
internal sealed class GroupResource(StatisticsGroup group) : CountsResource(group.Counts)
{
    /// <summary>
    /// The event type; or the webhook's id; or the error's code, the status of an answer that was not 2xx, or null for what had no error,
    /// which is also what has not ended. A delivery that has ended is of the group of its last attempt.
    /// </summary>
    [JsonPropertyOrder(-1)]
    public string? Key { get; } = group.Key.Length == 0 ? null : group.Key;

    /// <summary>Of a webhook, the counts of each span, as in the answer's `series`; empty of others.</summary>
    public IReadOnlyList<SpanResource> Series { get; } =
        [.. group.Series.Select(span => new SpanResource(span.At, span.Counts))];
}
