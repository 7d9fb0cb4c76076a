using System.Diagnostics.CodeAnalysis;

namespace Webhooks.Server.Engine;

/// <summary>
/// Turn-taking: which lane starts next. Fast lanes may use every slot, slow ones together half of them, and slow ones with those of which
/// nothing is known yet three quarters. Among lanes of a kind, those that have nothing under way take turns first, then those that want to
/// start more. <see cref="WebhookLanes"/> guards it: nothing here is safe for threads.
/// </summary>
/// <remarks>
/// The last slots are for lanes that have nothing under way. Receivers that were fast until now and hang all at once are found out only
/// after a while; until then each holds as many slots as it was sent deliveries, and those that go on answering need but a few.
/// </remarks>
internal sealed class LaneTurns(EngineOptions options)
{
    private readonly LaneGroup[] _groups = [new(), new(), new()];
    private readonly int _mostSlow = Math.Max(1, options.MaxInFlight / 2);
    private readonly int _mostNotFast = Math.Max(1, options.MaxInFlight * 3 / 4);
    private readonly int _mostWithMore = options.MaxInFlight - (options.MaxInFlight / 8);
    private int _turn;

    /// <summary>Claimed deliveries that wait in lanes.</summary>
    public int Queued => _groups[0].Queued + _groups[1].Queued + _groups[2].Queued;

    /// <summary>How many deliveries more slow lanes may hold together.</summary>
    public int RoomOfSlow => _mostSlow - Slow.InFlight - Slow.Queued;

    /// <summary>The number of lanes that wait for their turn.</summary>
    public int Waiting => _groups[0].Waiting + _groups[1].Waiting + _groups[2].Waiting;

    /// <summary>Whether every slot is taken.</summary>
    public bool Full => InFlight >= options.MaxInFlight;

    private int InFlight => _groups[0].InFlight + _groups[1].InFlight + _groups[2].InFlight;

    private LaneGroup Unknown => _groups[(int)LanePace.Unknown];

    private LaneGroup Slow => _groups[(int)LanePace.Slow];

    /// <summary>Adds a delivery at the end of a lane.</summary>
    public void Enqueue(WebhookLane lane, QueuedDelivery delivery, TimeSpan now)
    {
        lane.Enqueue(delivery, now);
        GroupOf(lane).Queued++;
        GroupOf(lane).List(lane, now);
    }

    /// <summary>Takes the first delivery out of a lane.</summary>
    public QueuedDelivery Dequeue(WebhookLane lane)
    {
        GroupOf(lane).Queued--;
        return lane.Dequeue();
    }

    /// <summary>Takes the lane whose turn it is out of the line; it can start something. <see cref="Start"/> brings it back.</summary>
    public bool TryTake(TimeSpan now, [NotNullWhen(true)] out WebhookLane? lane)
    {
        lane = null;
        if (Full)
        {
            return false;
        }

        var more = InFlight < _mostWithMore;
        for (var tries = 0; tries < _groups.Length && lane is null; tries++)
        {
            _turn = (_turn + 1) % _groups.Length;
            lane = MayStart((LanePace)_turn) ? _groups[_turn].Take(more, now) : null;
        }

        return lane is not null;
    }

    /// <summary>Gives a slot to a delivery that was taken out of a lane, and the lane another turn.</summary>
    public void Start(WebhookLane lane, TimeSpan now)
    {
        lane.Start(now);
        GroupOf(lane).InFlight++;
        GroupOf(lane).List(lane, now);
    }

    /// <summary>Takes a lane out of its group's sums while something about it changes, until <see cref="Join"/>.</summary>
    public void Leave(WebhookLane lane)
    {
        var group = GroupOf(lane);
        group.InFlight -= lane.InFlight;
        group.Queued -= lane.Queued;
    }

    /// <summary>Ends <see cref="Leave"/>.</summary>
    public void Join(WebhookLane lane, TimeSpan now)
    {
        var group = GroupOf(lane);
        group.InFlight += lane.InFlight;
        group.Queued += lane.Queued;
        GroupOf(lane).List(lane, now);
    }

    private LaneGroup GroupOf(WebhookLane lane) => _groups[(int)lane.Pace];

    private bool MayStart(LanePace pace) => pace switch
    {
        LanePace.Slow => Slow.InFlight < _mostSlow,
        LanePace.Unknown => Slow.InFlight + Unknown.InFlight < _mostNotFast,
        _ => true,
    };
}
