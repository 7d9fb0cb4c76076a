using System.Text.Json.Serialization;
using Webhooks.Core.Statistics;

namespace Webhooks.Api.Statistics;

/// <summary>The counts of an event type or an error.</summary>
internal sealed class GroupResource(string key, DeliveryCounts counts) : CountsResource(counts)
{
    /// <summary>
    /// The event type; or the error's code, the status of an answer that was not 2xx, or null for what had no error, which is also what
    /// has not ended. A delivery that has ended is of the group of its last attempt.
    /// </summary>
    [JsonPropertyOrder(-1)]
    public string? Key { get; } = key.Length == 0 ? null : key;
}
