using System.Text.Json.Serialization;
using Webhooks.Core.Statistics;

namespace Webhooks.Api.Statistics;

/// <summary>The counts of a minute, an hour or a day.</summary>
internal sealed class SpanResource(DateTimeOffset at, DeliveryCounts counts) : CountsResource(counts)
{
    /// <summary>Its beginning, UTC.</summary>
    [JsonPropertyOrder(-1)]
    public DateTime At { get; } = at.UtcDateTime;
}
