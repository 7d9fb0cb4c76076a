using Webhooks.Core.Deliveries;

namespace Webhooks.Server.Engine;

/// <summary>
/// Parking and refills: what leaves the lanes for the database because it would wait for too long, and which lanes want work back that was
/// parked. <see cref="WebhookLanes"/> guards it: nothing here is safe for threads.
/// </summary>
/// <param name="intake">The room for refills.</param>
/// <param name="turns">What waits.</param>
internal sealed class LaneParking(LaneIntake intake, LaneTurns turns)
{
    // What one lane may have of a statement, however many others want to be refilled: enough to be worth the look into its index.
    private const int LeastPerLane = 128;

    private readonly List<ClaimedDelivery> _excess = [];
    private readonly List<ClaimedDelivery> _late = [];
    private readonly Queue<WebhookLane> _hungry = [];

    /// <summary>How many are to be parked.</summary>
    public int Excess => _excess.Count;

    /// <summary>Whether there is something to be parked.</summary>
    public bool HasExcess => Excess > 0;

    /// <summary>Notes a claim that is to be parked.</summary>
    public void Park(ClaimedDelivery claim) => _excess.Add(claim);

    /// <summary>Notes claims that are to be parked.</summary>
    public void Park(IReadOnlyCollection<ClaimedDelivery> claims) => _excess.AddRange(claims);

    /// <summary>Notes a claim whose lease is nearly over: it is to be claimed again.</summary>
    public void AddLate(ClaimedDelivery claim) => _late.Add(claim);

    /// <summary>Notes claims whose leases are nearly over.</summary>
    public void AddLate(IReadOnlyCollection<ClaimedDelivery> claims) => _late.AddRange(claims);

    /// <summary>Parks what a lane has beyond a bound, while it has left its group (<see cref="LaneTurns.Leave"/>).</summary>
    public void Trim(WebhookLane lane, int bound, TimeSpan now)
    {
        // What has been due longest stays.
        if (lane.Queued > bound)
        {
            Sift(lane, (_, position) => position < bound, _excess, now);
        }
    }

    /// <summary>
    /// Gives up what was claimed before its webhook changed, while the lane has left its group: it is to be claimed again as it is now.
    /// </summary>
    public void Renew(WebhookLane lane, TimeSpan changed, TimeSpan now) =>
        Sift(lane, (delivery, _) => delivery.ClaimedAt >= changed, _late, now);

    /// <summary>What is to be parked; the caller's from now on.</summary>
    public IReadOnlyCollection<ClaimedDelivery> TakeExcess() => Take(_excess);

    /// <summary>What is to be claimed again; the caller's from now on.</summary>
    public IReadOnlyCollection<ClaimedDelivery> TakeLate() => Take(_late);

    /// <summary>Notes a lane that has parked work and little left to do.</summary>
    /// <returns>Whether it was not known before.</returns>
    public bool MarkHungry(WebhookLane lane, TimeSpan now)
    {
        if (!lane.Parked || lane.Hungry)
        {
            return false;
        }

        var bound = lane.QueueBound(intake.FairShare, now);
        if (bound <= 0 || lane.Queued > bound / 2)
        {
            return false;
        }

        lane.Hungry = true;
        _hungry.Enqueue(lane);
        return true;
    }

    /// <summary>The webhooks that have parked work and room for it, and how much.</summary>
    public IReadOnlyDictionary<Guid, int> TakeRefills(TimeSpan now)
    {
        var refills = new Dictionary<Guid, int>();
        var room = Math.Min(intake.RoomForBacklog, DeliveryClaimer.MostPerStatement);
        var mostPerLane = Math.Max(LeastPerLane, room / Math.Max(1, _hungry.Count));
        var roomOfSlow = turns.RoomOfSlow;
        for (var left = _hungry.Count; left > 0; left--)
        {
            var lane = _hungry.Dequeue();
            var slow = lane.Pace == LanePace.Slow;

            // More than its fair share would be parked again as soon as others come.
            var wanted = lane.Parked ? lane.QueueBound(intake.FairShare, now) - lane.Queued : 0;
            var granted = Math.Min(Math.Min(wanted, mostPerLane), slow ? Math.Min(room, roomOfSlow) : room);
            lane.Hungry = wanted > 0 && granted <= 0;
            if (lane.Hungry)
            {
                _hungry.Enqueue(lane);
            }
            else if (granted > 0)
            {
                refills.Add(lane.WebhookId, granted);
                room -= granted;
                roomOfSlow -= slow ? granted : 0;
            }
        }

        return refills;
    }

    /// <summary>Moves out of a lane what may not stay in it; the rest keeps its order.</summary>
    private void Sift(WebhookLane lane, Func<QueuedDelivery, int, bool> stays, List<ClaimedDelivery> others, TimeSpan now)
    {
        for (int position = 0, queued = lane.Queued; position < queued; position++)
        {
            var delivery = lane.Dequeue();
            if (stays(delivery, position))
            {
                lane.Enqueue(delivery, now);
            }
            else
            {
                others.Add(delivery.Delivery);
                intake.Left(delivery);
            }
        }
    }

    private static ClaimedDelivery[] Take(List<ClaimedDelivery> claims)
    {
        if (claims.Count == 0)
        {
            return [];
        }

        ClaimedDelivery[] taken = [.. claims];
        claims.Clear();
        return taken;
    }
}
