namespace Webhooks.Server.Engine;

/// <summary>The lanes of one pace: who may start next, and how much they hold together.</summary>
internal sealed class LaneGroup
{
    // Lanes with work to start, in turn: those that have nothing under way, and those that want to start more.
    private readonly LinkedList<WebhookLane> _first = [];
    private readonly LinkedList<WebhookLane> _more = [];

    /// <summary>Attempts under way.</summary>
    public int InFlight { get; set; }

    /// <summary>Claimed deliveries that wait.</summary>
    public int Queued { get; set; }

    /// <summary>The number of lanes that wait for their turn.</summary>
    public int Waiting => _first.Count + _more.Count;

    /// <summary>Puts a lane in line if it has something to start. It keeps its turn if it stands in the right line already.</summary>
    public void List(WebhookLane lane, TimeSpan now)
    {
        var line = lane.InFlight == 0 ? _first : _more;
        if (lane.Turn.List == line)
        {
            return;
        }

        lane.Turn.List?.Remove(lane.Turn);
        if (lane.CanStart(now))
        {
            line.AddLast(lane.Turn);
        }
    }

    /// <summary>Takes the lane whose turn it is out of the line; null when none can start anything.</summary>
    /// <param name="more">Whether a lane that has something under way may start more.</param>
    /// <param name="now">The engine's clock.</param>
    public WebhookLane? Take(bool more, TimeSpan now) => TakeFrom(_first, now) ?? (more ? TakeFrom(_more, now) : null);

    private static WebhookLane? TakeFrom(LinkedList<WebhookLane> line, TimeSpan now)
    {
        while (line.First is { Value: var lane })
        {
            line.RemoveFirst();
            if (lane.CanStart(now))
            {
                return lane;
            }
        }

        return null;
    }
}
