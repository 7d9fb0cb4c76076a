using Microsoft.Azure.Functions.Worker;

namespace Webhooks.Functions.Deliveries;

/// <summary>What <see cref="FanOutEvent"/> puts on queues. An empty array puts nothing.</summary>
public sealed class FanOutResult
{
    /// <summary>Fan-out messages.</summary>
    [QueueOutput(QueueNames.Deliveries)]
    public string[] Deliveries { get; init; } = [];

    /// <summary>An event message that can never be accepted, as it came.</summary>
    [QueueOutput(QueueNames.EventsPoison)]
    public string[] Poison { get; init; } = [];
}
