namespace Webhooks.Server.Engine;

/// <summary>The lanes of one pace: who may start next, and how much they hold together.</summary>
internal sealed class LaneGroup
{
    /// <summary>Lanes with work to start, in turn.</summary>
    public LinkedList<WebhookLane> Ready { get; } = [];

    /// <summary>Attempts under way.</summary>
    public int InFlight { get; set; }

    /// <summary>Claimed deliveries that wait.</summary>
    public int Queued { get; set; }
}
