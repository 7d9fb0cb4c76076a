using Webhooks.Core.Deliveries;
using Webhooks.Core.Health;

namespace Webhooks.Server.Engine;

/// <summary>
/// All that is claimed and not finished, in one lane per webhook, and who may start next: the lock around <see cref="LaneTurns"/>,
/// <see cref="LaneIntake"/>, <see cref="LaneParking"/> and <see cref="LaneGate"/>. Members that need it end in <c>Locked</c>.
/// </summary>
/// <remarks>
/// What a lane cannot work off soon leaves it to be parked (<see cref="TakeExcess"/>), and is claimed for its webhook alone when there
/// is room again (<see cref="TakeRefills"/>). So neither memory nor another webhook's wait depends on the size of a backlog. What has
/// waited for so long that its lease is nearly over leaves it, too (<see cref="TakeLate"/>), to be claimed again at once.
/// </remarks>
internal sealed class WebhookLanes
{
    // A lane is remembered with what it learned for as long as traffic may pause.
    private static readonly TimeSpan _forgetAfter = TimeSpan.FromMinutes(5);

    // Who lost the probe to another that has not committed yet sees the pause as ended.
    private static readonly TimeSpan _shortestHold = TimeSpan.FromSeconds(1);

    private readonly EngineOptions _options;
    private readonly DueSignal _signal;
    private readonly TimeProvider _clock;
    private readonly long _epoch;
    private readonly TimeSpan _longestWait;

    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, WebhookLane> _lanes = [];
    private readonly LaneTurns _turns;
    private readonly LaneIntake _intake;
    private readonly LaneParking _parking;
    private readonly LaneGate _gate = new();
    private readonly LaneHolds _holds = new();

    public WebhookLanes(EngineOptions options, DueSignal signal, TimeProvider clock)
    {
        _options = options;
        _signal = signal;
        _clock = clock;
        _epoch = clock.GetTimestamp();
        _longestWait = options.LeaseMargin - options.RecordingReserve;
        _turns = new LaneTurns(options);
        _intake = new LaneIntake(options, _turns);
        _parking = new LaneParking(_intake, _turns);
    }

    /// <summary>Time since the engine was made, on a clock that only goes forward.</summary>
    public TimeSpan Now => _clock.GetElapsedTime(_epoch);

    /// <summary>Whether nothing starts, see <see cref="Pause"/>.</summary>
    public bool Paused
    {
        get
        {
            lock (_lock)
            {
                return _gate.Paused;
            }
        }
    }

    /// <summary>How many deliveries of the backlog may be claimed now; 0 while the lanes have enough of it to be busy with.</summary>
    public int Room
    {
        get
        {
            lock (_lock)
            {
                return _intake.RoomForBacklog;
            }
        }
    }

    /// <summary>The number of lanes.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _lanes.Count;
            }
        }
    }

    /// <summary>Whether a webhook is paused.</summary>
    public bool AnyHeld
    {
        get
        {
            lock (_lock)
            {
                return _holds.Any;
            }
        }
    }

    /// <summary>Takes claims into their lanes, and what a lane has no room for out again, to be parked.</summary>
    /// <param name="claims">The claims.</param>
    /// <param name="claimedAt">When they were asked for (<see cref="Now"/>).</param>
    /// <returns>How many there was no room for.</returns>
    public int Add(IReadOnlyList<ClaimedDelivery> claims, TimeSpan claimedAt)
    {
        if (claims.Count == 0)
        {
            return 0;
        }

        lock (_lock)
        {
            return AddLocked(claims, claimedAt, takenIn: false);
        }
    }

    /// <summary>Asks for work of webhooks that have some in the database, as if it had been parked.</summary>
    public void Expect(IEnumerable<Guid> webhooks)
    {
        lock (_lock)
        {
            var now = Now;
            foreach (var webhookId in webhooks)
            {
                var lane = LaneOfLocked(webhookId);
                lane.Parked = true;
                MarkHungryLocked(lane, now);
            }
        }
    }

    /// <summary>Claimed deliveries that wait in lanes.</summary>
    public int Queued
    {
        get
        {
            lock (_lock)
            {
                return _turns.Queued;
            }
        }
    }

    /// <summary>From now on, room may be reserved for what is about to be stored.</summary>
    public void TakeIn()
    {
        lock (_lock)
        {
            _intake.Open();
        }
    }

    /// <summary>Keeps room for deliveries that are about to be stored, until <see cref="TryTakeIn"/>.</summary>
    /// <param name="most">The most that may be wanted.</param>
    /// <returns>For how many there is room.</returns>
    public int Reserve(int most)
    {
        lock (_lock)
        {
            return _gate.Open ? _intake.Reserve(most) : 0;
        }
    }

    /// <summary>Takes claims that were made for <see cref="Reserve"/>, and ends the reservation.</summary>
    /// <param name="reserved">What was reserved.</param>
    /// <param name="claims">The claims.</param>
    /// <param name="claimedAt">When they were asked for (<see cref="Now"/>).</param>
    /// <returns>False when nothing starts any more: the claims are the caller's, to be released.</returns>
    public bool TryTakeIn(int reserved, IReadOnlyList<ClaimedDelivery> claims, TimeSpan claimedAt)
    {
        lock (_lock)
        {
            _intake.EndReservation(reserved);
            if (claims.Count == 0 || _gate.Closed)
            {
                return claims.Count == 0;
            }

            AddLocked(claims, claimedAt, takenIn: true);
            return true;
        }
    }

    /// <summary>Takes claims that were made for <see cref="TakeRefills"/>.</summary>
    /// <param name="refills">What was asked for.</param>
    /// <param name="claims">What was claimed; a webhook that got less has nothing parked any more.</param>
    /// <param name="claimedAt">When they were asked for (<see cref="Now"/>).</param>
    public void Refill(IReadOnlyDictionary<Guid, int> refills, IReadOnlyList<ClaimedDelivery> claims, TimeSpan claimedAt)
    {
        var claimed = claims.CountBy(claim => claim.WebhookId).ToDictionary();
        lock (_lock)
        {
            foreach (var (webhookId, asked) in refills)
            {
                LaneOfLocked(webhookId).Parked = claimed.GetValueOrDefault(webhookId) >= asked;
            }
        }

        Add(claims, claimedAt);
    }

    /// <summary>Gives the next delivery to attempt a slot, if there is one and it has a delivery to start.</summary>
    public bool TryStart(out StartedDelivery started)
    {
        lock (_lock)
        {
            started = default;
            if (!_gate.Open || _turns.Full)
            {
                return false;
            }

            var now = Now;
            while (_turns.TryTake(now, out var lane))
            {
                if (TryStartLocked(lane, now, out started))
                {
                    if (_intake.TellsOfLow())
                    {
                        _signal.Set();
                    }

                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>Gives a slot back, and learns from the attempt how much its webhook may have under way.</summary>
    /// <param name="started">What had the slot.</param>
    /// <param name="attempt">What came of it; null when there is nothing to be learned about the receiver.</param>
    public void Finish(StartedDelivery started, Attempt? attempt)
    {
        lock (_lock)
        {
            var lane = started.Lane;
            var now = Now;
            _turns.Leave(lane);
            lane.Finish(attempt, now);
            _turns.Join(lane, now);
            if (lane.Pace != LanePace.Slow)
            {
                MarkHungryLocked(lane, now);
            }
        }
    }

    /// <summary>Gives a slot back unused: the webhook rests for a while, and what it has is parked, this delivery with it.</summary>
    public void Rest(StartedDelivery started, TimeSpan time)
    {
        lock (_lock)
        {
            var lane = started.Lane;
            var now = Now;
            _turns.Leave(lane);
            lane.Rest(now + time);
            lane.Finish(attempt: null, now);
            _parking.Park(started.Delivery);
            _parking.Trim(lane, bound: 0, now);
            _turns.Join(lane, now);
            _signal.Set();
        }
    }

    /// <summary>Holds the lanes of all webhooks that are paused, and of no others; what waits in them is parked.</summary>
    public void Hold(IReadOnlyCollection<WebhookPause> pauses)
    {
        lock (_lock)
        {
            if (pauses.Count == 0 && !_holds.Any)
            {
                return;
            }

            var now = Now;
            _holds.Replace(pauses, now);
            foreach (var lane in _lanes.Values)
            {
                HoldLocked(lane, _holds.Of(lane.WebhookId), now);
            }
        }
    }

    /// <summary>Holds or lets go the lane of a webhook of which it has just been recorded.</summary>
    public void Hold(IReadOnlyList<HealthChange> changes)
    {
        lock (_lock)
        {
            var now = Now;
            foreach (var change in changes)
            {
                if (change is HealthChange.Paused paused)
                {
                    var hold = _holds.Add(new WebhookPause(paused.WebhookId, paused.Time, paused.NeedsProbe), now);
                    HoldLocked(LaneOfLocked(paused.WebhookId), hold, now);
                }
                else if (change is HealthChange.Resumed resumed)
                {
                    _holds.Remove(resumed.WebhookId);
                    HoldLocked(LaneOfLocked(resumed.WebhookId), default, now);
                }
            }
        }
    }

    /// <summary>Gives a slot back unused, because its webhook is paused: what the lane has is parked, this delivery with it.</summary>
    public void Hold(StartedDelivery started, WebhookPause pause)
    {
        lock (_lock)
        {
            var now = Now;
            var hold = _holds.Add(pause with { Remaining = Longest(pause.Remaining, _shortestHold) }, now);
            _turns.Leave(started.Lane);
            started.Lane.Finish(attempt: null, now);
            _parking.Park(started.Delivery);
            _turns.Join(started.Lane, now);
            HoldLocked(started.Lane, hold, now);
        }
    }

    /// <summary>What is to be parked in the database; the caller's from now on.</summary>
    public IReadOnlyCollection<ClaimedDelivery> TakeExcess()
    {
        lock (_lock)
        {
            var excess = _parking.TakeExcess();
            foreach (var delivery in excess)
            {
                LaneOfLocked(delivery.WebhookId).Parked = true;
            }

            return excess;
        }
    }

    /// <summary>Takes back from <see cref="TakeExcess"/> what could not be parked.</summary>
    public void ReturnExcess(IReadOnlyCollection<ClaimedDelivery> excess)
    {
        lock (_lock)
        {
            _parking.Park(excess);
        }
    }

    /// <summary>What has waited until its lease was nearly over, to be released and claimed again; the caller's from now on.</summary>
    public IReadOnlyCollection<ClaimedDelivery> TakeLate()
    {
        lock (_lock)
        {
            return _parking.TakeLate();
        }
    }

    /// <summary>
    /// Gives up what a webhook's lane has that was claimed before the webhook changed; it leaves with what is late, to be claimed again.
    /// </summary>
    /// <param name="webhookId">The webhook.</param>
    /// <param name="changed">When the change was seen (<see cref="Now"/>).</param>
    public void Renew(Guid webhookId, TimeSpan changed)
    {
        lock (_lock)
        {
            if (_lanes.TryGetValue(webhookId, out var lane) && lane.HasClaimFrom(changed))
            {
                var now = Now;
                _turns.Leave(lane);
                _parking.Renew(lane, changed, now);
                _turns.Join(lane, now);
                _signal.Set();
            }
        }
    }

    /// <summary>Takes back from <see cref="TakeLate"/> what could not be released.</summary>
    public void ReturnLate(IReadOnlyCollection<ClaimedDelivery> late)
    {
        lock (_lock)
        {
            _parking.AddLate(late);
        }
    }

    /// <summary>The webhooks that have parked work and room for it, and how much.</summary>
    public IReadOnlyDictionary<Guid, int> TakeRefills()
    {
        lock (_lock)
        {
            return _parking.TakeRefills(Now);
        }
    }

    /// <summary>
    /// Finds the lanes that hang, have more than they can work off, want a refill, or are not needed any more. To be called a few times a
    /// second.
    /// </summary>
    public void Sweep()
    {
        lock (_lock)
        {
            var now = Now;
            var waiting = _turns.Waiting;
            _intake.CountBusy(_lanes.Values);
            var share = _intake.Share;
            foreach (var lane in _lanes.Values)
            {
                SweepLocked(lane, share, now);
            }

            if (_parking.HasExcess || _turns.Waiting > waiting)
            {
                _signal.Set();
            }
        }
    }

    /// <summary>Starts nothing more until <see cref="Resume"/>: what is attempted now might not be recorded in time.</summary>
    public void Pause()
    {
        lock (_lock)
        {
            _gate.Pause();
        }
    }

    /// <summary>Ends <see cref="Pause"/>.</summary>
    public void Resume()
    {
        lock (_lock)
        {
            _gate.Resume(_lanes.Values, Now);
        }

        _signal.Set();
    }

    /// <summary>Starts nothing more, ever.</summary>
    /// <returns>What has been claimed and not started, to be released.</returns>
    public IReadOnlyCollection<ClaimedDelivery> Close()
    {
        lock (_lock)
        {
            return _gate.Close(_lanes.Values, _turns, _parking);
        }
    }

    private WebhookLane LaneOfLocked(Guid webhookId)
    {
        if (!_lanes.TryGetValue(webhookId, out var lane))
        {
            lane = new WebhookLane(webhookId, _options);
            lane.Hold(_holds.Of(webhookId), Now);
            _lanes.Add(webhookId, lane);
        }

        return lane;
    }

    private void HoldLocked(WebhookLane lane, LaneHold hold, TimeSpan now)
    {
        _turns.Leave(lane);
        if (lane.Hold(hold, now))
        {
            _parking.Trim(lane, bound: 0, now);
        }

        _turns.Join(lane, now);
        MarkHungryLocked(lane, now);
        if (_parking.HasExcess)
        {
            _signal.Set();
        }
    }

    private static TimeSpan Longest(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private int AddLocked(IReadOnlyList<ClaimedDelivery> claims, TimeSpan claimedAt, bool takenIn)
    {
        var now = Now;
        var excess = _parking.Excess;
        foreach (var claim in claims)
        {
            AddOrParkLocked(LaneOfLocked(claim.WebhookId), new QueuedDelivery(claim, claimedAt, takenIn), now);
        }

        var parked = _parking.Excess - excess;

        _intake.Learn(claims);
        if (_intake.HalfFull)
        {
            MakeRoomLocked(now);
        }

        if (_parking.HasExcess)
        {
            _signal.Set();
        }

        return parked;
    }

    private void AddOrParkLocked(WebhookLane lane, QueuedDelivery delivery, TimeSpan now)
    {
        var slowHaveEnough = lane.Pace == LanePace.Slow && _turns.RoomOfSlow <= 0;
        if (slowHaveEnough || !lane.HasRoom(_intake.Share, now))
        {
            _parking.Park(delivery.Delivery);
            return;
        }

        _turns.Enqueue(lane, delivery, now);
        _intake.Entered(delivery);
    }

    // Until it has answered, a receiver may be a dead one: what is queued for it must not keep out others.
    private void MakeRoomLocked(TimeSpan now)
    {
        _intake.CountBusy(_lanes.Values);
        var share = _intake.Share;
        foreach (var lane in _lanes.Values)
        {
            if (lane.Pace == LanePace.Unknown)
            {
                _turns.Leave(lane);
                _parking.Trim(lane, lane.QueueBound(share, now), now);
                _turns.Join(lane, now);
            }
        }
    }

    private bool TryStartLocked(WebhookLane lane, TimeSpan now, out StartedDelivery started)
    {
        while (lane.CanStart(now))
        {
            var next = _turns.Dequeue(lane);
            _intake.Left(next);
            if (now - next.ClaimedAt <= _longestWait)
            {
                _turns.Start(lane, now);
                started = new StartedDelivery(lane, next.Delivery);
                return true;
            }

            _parking.AddLate(next.Delivery);
            _signal.Set();
        }

        started = default;
        return false;
    }

    private void MarkHungryLocked(WebhookLane lane, TimeSpan now)
    {
        if (_parking.MarkHungry(lane, now))
        {
            _signal.Set();
        }
    }

    private void SweepLocked(WebhookLane lane, int share, TimeSpan now)
    {
        _turns.Leave(lane);
        if (lane.Hangs(now) && !_gate.Paused)
        {
            lane.Pace = LanePace.Slow;
        }

        _parking.Trim(lane, lane.QueueBound(share, now), now);
        _turns.Join(lane, now);
        MarkHungryLocked(lane, now);
        if (lane.Idle && !lane.Parked && now - lane.LastProgress >= _forgetAfter)
        {
            _lanes.Remove(lane.WebhookId);
        }
    }
}
