using Webhooks.Core.Deliveries;

namespace Webhooks.Server.Engine;

/// <summary>
/// All that is claimed and not finished, in one lane per webhook, and who may start next. Fast lanes may use every slot, slow ones
/// together half of them, and slow ones with those of which nothing is known yet three quarters; lanes of a kind take turns.
/// </summary>
/// <remarks>
/// What a lane cannot work off soon leaves it to be parked (<see cref="TakeExcess"/>), and is claimed for its webhook alone when there
/// is room again (<see cref="TakeRefills"/>). So neither memory nor another webhook's wait depends on the size of a backlog.
/// </remarks>
internal sealed class WebhookLanes
{
    // A lane is remembered with what it learned for as long as traffic may pause.
    private static readonly TimeSpan _forgetAfter = TimeSpan.FromMinutes(5);

    // Bodies may be large: what waits is bounded by bytes, too.
    private const double MostQueuedBytes = 64 * 1024 * 1024;

    private readonly EngineOptions _options;
    private readonly DueSignal _signal;
    private readonly TimeProvider _clock;
    private readonly long _epoch;
    private readonly TimeSpan _longestWait;
    private readonly int _mostSlow;
    private readonly int _mostNotFast;

    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, WebhookLane> _lanes = [];
    private readonly LaneGroup[] _groups = [new(), new(), new()];
    private readonly Queue<WebhookLane> _hungry = [];
    private readonly List<ClaimedDelivery> _excess = [];
    private int _reserved;
    private int _takenIn;
    private int _busyLanes;
    private int _turn;
    private double _averageBytes = 1024;
    private bool _signaledLow;
    private bool _takesIn;
    private bool _paused;
    private bool _closed;

    public WebhookLanes(EngineOptions options, DueSignal signal, TimeProvider clock)
    {
        _options = options;
        _signal = signal;
        _clock = clock;
        _epoch = clock.GetTimestamp();
        _longestWait = options.LeaseMargin - options.RecordingReserve;
        _mostSlow = Math.Max(1, options.MaxInFlight / 2);
        _mostNotFast = Math.Max(1, options.MaxInFlight * 3 / 4);
    }

    /// <summary>Time since the engine was made, on a clock that only goes forward.</summary>
    public TimeSpan Now => _clock.GetElapsedTime(_epoch);

    /// <summary>Whether nothing starts, see <see cref="Pause"/>.</summary>
    public bool Paused
    {
        get
        {
            lock (_gate)
            {
                return _paused;
            }
        }
    }

    /// <summary>How many deliveries of the backlog may be claimed now; 0 while the lanes have enough of it to be busy with.</summary>
    public int Room
    {
        get
        {
            lock (_gate)
            {
                return LowOnBacklog ? MostQueued - QueuedOfBacklog : 0;
            }
        }
    }

    /// <summary>The number of lanes.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _lanes.Count;
            }
        }
    }

    private LaneGroup Unknown => _groups[(int)LanePace.Unknown];

    private LaneGroup Slow => _groups[(int)LanePace.Slow];

    private int InFlight => _groups[0].InFlight + _groups[1].InFlight + _groups[2].InFlight;

    private int Queued => _groups[0].Queued + _groups[1].Queued + _groups[2].Queued;

    private int MostQueued => (int)Math.Clamp(MostQueuedBytes / _averageBytes, 1, _options.MaxQueued);

    private bool HalfFull => Queued > MostQueued / 2;

    // What is stored now and what was stored before have room of their own, so that neither waits for the other.
    private int QueuedOfBacklog => Queued - _takenIn;

    private bool LowOnBacklog => QueuedOfBacklog <= MostQueued / 2;

    private int FairShare => MostQueued / Math.Max(1, _busyLanes);

    // All, as long as nobody is kept from it.
    private int Share => HalfFull ? FairShare : MostQueued;

    /// <summary>Takes claims into their lanes, and what a lane has no room for out again, to be parked.</summary>
    /// <param name="claims">The claims.</param>
    /// <param name="claimedAt">When they were asked for (<see cref="Now"/>).</param>
    public void Add(IReadOnlyList<ClaimedDelivery> claims, TimeSpan claimedAt)
    {
        if (claims.Count == 0)
        {
            return;
        }

        lock (_gate)
        {
            Add(claims, claimedAt, takenIn: false);
        }
    }

    /// <summary>From now on, room may be reserved for what is about to be stored.</summary>
    public void TakeIn()
    {
        lock (_gate)
        {
            _takesIn = true;
        }
    }

    /// <summary>Keeps room for deliveries that are about to be stored, until <see cref="TryTakeIn"/>.</summary>
    /// <param name="most">The most that may be wanted.</param>
    /// <returns>For how many there is room.</returns>
    public int Reserve(int most)
    {
        lock (_gate)
        {
            var room = _takesIn && !_paused && !_closed ? MostQueued - _takenIn - _reserved : 0;
            var reserved = Math.Clamp(room, 0, most);
            _reserved += reserved;
            return reserved;
        }
    }

    /// <summary>Takes claims that were made for <see cref="Reserve"/>, and ends the reservation.</summary>
    /// <param name="reserved">What was reserved.</param>
    /// <param name="claims">The claims.</param>
    /// <param name="claimedAt">When they were asked for (<see cref="Now"/>).</param>
    /// <returns>False when nothing starts any more: the claims are the caller's, to be released.</returns>
    public bool TryTakeIn(int reserved, IReadOnlyList<ClaimedDelivery> claims, TimeSpan claimedAt)
    {
        lock (_gate)
        {
            _reserved -= reserved;
            if (claims.Count == 0 || _closed)
            {
                return claims.Count == 0;
            }

            Add(claims, claimedAt, takenIn: true);
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
        lock (_gate)
        {
            foreach (var (webhookId, asked) in refills)
            {
                LaneOf(webhookId).Parked = claimed.GetValueOrDefault(webhookId) >= asked;
            }
        }

        Add(claims, claimedAt);
    }

    /// <summary>Gives the next delivery to attempt a slot, if there is one and it has a delivery to start.</summary>
    public bool TryStart(out StartedDelivery started)
    {
        lock (_gate)
        {
            started = default;
            if (_paused || _closed || InFlight >= _options.MaxInFlight)
            {
                return false;
            }

            var now = Now;
            for (var tries = 0; tries < _groups.Length; tries++)
            {
                _turn = (_turn + 1) % _groups.Length;
                if (MayStart((LanePace)_turn) && TryStartFrom((LanePace)_turn, now, out started))
                {
                    SignalIfLow();
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
        lock (_gate)
        {
            var lane = started.Lane;
            var now = Now;
            Leave(lane);
            lane.Finish(attempt, now);
            Join(lane, now);
            if (lane.Pace != LanePace.Slow)
            {
                MarkHungry(lane, now);
            }
        }
    }

    /// <summary>Gives a slot back unused: the webhook rests for a while, and what it has is parked, this delivery with it.</summary>
    public void Rest(StartedDelivery started, TimeSpan time)
    {
        lock (_gate)
        {
            var lane = started.Lane;
            var now = Now;
            Leave(lane);
            lane.Rest(now + time);
            lane.Finish(attempt: null, now);
            _excess.Add(started.Delivery);
            MoveExcess(lane, bound: 0, now);
            Join(lane, now);
            _signal.Set();
        }
    }

    /// <summary>What is to be parked in the database; the caller's from now on.</summary>
    public IReadOnlyCollection<ClaimedDelivery> TakeExcess()
    {
        lock (_gate)
        {
            if (_excess.Count == 0)
            {
                return [];
            }

            ClaimedDelivery[] taken = [.. _excess];
            _excess.Clear();
            foreach (var delivery in taken)
            {
                LaneOf(delivery.WebhookId).Parked = true;
            }

            return taken;
        }
    }

    /// <summary>The webhooks that have parked work and room for it, and how much.</summary>
    public IReadOnlyDictionary<Guid, int> TakeRefills()
    {
        lock (_gate)
        {
            var refills = new Dictionary<Guid, int>();
            var now = Now;
            var room = MostQueued - Queued;
            var slowRoom = _mostSlow - Slow.InFlight - Slow.Queued;
            for (var left = _hungry.Count; left > 0; left--)
            {
                var lane = _hungry.Dequeue();
                var slow = lane.Pace == LanePace.Slow;

                // More than its fair share would be parked again as soon as others come.
                var wanted = lane.Parked ? lane.QueueBound(FairShare, now) - lane.Queued : 0;
                var granted = Math.Min(wanted, slow ? Math.Min(room, slowRoom) : room);
                lane.Hungry = wanted > 0 && granted <= 0;
                if (lane.Hungry)
                {
                    _hungry.Enqueue(lane);
                }
                else if (granted > 0)
                {
                    refills.Add(lane.WebhookId, granted);
                    room -= granted;
                    slowRoom -= slow ? granted : 0;
                }
            }

            return refills;
        }
    }

    /// <summary>
    /// To be called a few times a second: finds the lanes that hang, have more than they can work off, want a refill, or are not needed any more.
    /// </summary>
    public void Sweep()
    {
        lock (_gate)
        {
            var now = Now;
            var listed = _groups.Sum(group => group.Ready.Count);
            CountBusyLanes();
            var share = Share;
            foreach (var lane in _lanes.Values)
            {
                Sweep(lane, share, now);
            }

            if (_excess.Count > 0 || _groups.Sum(group => group.Ready.Count) > listed)
            {
                _signal.Set();
            }
        }
    }

    /// <summary>Starts nothing more until <see cref="Resume"/>: what is attempted now might not be recorded in time.</summary>
    public void Pause()
    {
        lock (_gate)
        {
            _paused = true;
        }
    }

    /// <summary>Ends <see cref="Pause"/>.</summary>
    public void Resume()
    {
        lock (_gate)
        {
            _paused = false;
            foreach (var lane in _lanes.Values)
            {
                lane.BeginGrace(Now);
            }
        }

        _signal.Set();
    }

    /// <summary>Starts nothing more, ever.</summary>
    /// <returns>What has been claimed and not started, to be released.</returns>
    public IReadOnlyCollection<ClaimedDelivery> Close()
    {
        lock (_gate)
        {
            _closed = true;
            var now = Now;
            List<ClaimedDelivery> unstarted = [.. _excess];
            _excess.Clear();
            foreach (var lane in _lanes.Values)
            {
                Leave(lane);
                while (lane.Queued > 0)
                {
                    unstarted.Add(lane.Dequeue().Delivery);
                }

                Join(lane, now);
            }

            return unstarted;
        }
    }

    private WebhookLane LaneOf(Guid webhookId)
    {
        if (!_lanes.TryGetValue(webhookId, out var lane))
        {
            lane = new WebhookLane(webhookId, _options);
            _lanes.Add(webhookId, lane);
        }

        return lane;
    }

    private void Add(IReadOnlyList<ClaimedDelivery> claims, TimeSpan claimedAt, bool takenIn)
    {
        var now = Now;
        foreach (var claim in claims)
        {
            AddOrPark(LaneOf(claim.WebhookId), new QueuedDelivery(claim, claimedAt, takenIn), now);
        }

        LearnBytes(claims);
        _signaledLow &= LowOnBacklog;
        if (HalfFull)
        {
            MakeRoom(now);
        }

        if (_excess.Count > 0)
        {
            _signal.Set();
        }
    }

    private void AddOrPark(WebhookLane lane, QueuedDelivery delivery, TimeSpan now)
    {
        var slowHaveEnough = lane.Pace == LanePace.Slow && Slow.InFlight + Slow.Queued >= _mostSlow;
        if (slowHaveEnough || !lane.HasRoom(Share, now))
        {
            _excess.Add(delivery.Delivery);
            return;
        }

        lane.Enqueue(delivery, now);
        _groups[(int)lane.Pace].Queued++;
        _takenIn += delivery.TakenIn ? 1 : 0;
        List(lane, now);
    }

    // Until it has answered, a receiver may be a dead one: what is queued for it must not keep out others.
    private void MakeRoom(TimeSpan now)
    {
        CountBusyLanes();
        var share = Share;
        foreach (var lane in _lanes.Values)
        {
            if (lane.Pace == LanePace.Unknown)
            {
                Leave(lane);
                MoveExcess(lane, lane.QueueBound(share, now), now);
                Join(lane, now);
            }
        }
    }

    private void CountBusyLanes() => _busyLanes = _lanes.Values.Count(lane => !lane.Idle);

    private void LearnBytes(IReadOnlyList<ClaimedDelivery> claims)
    {
        var average = claims.Average(claim => claim.Body.Length);
        _averageBytes = Math.Max(1, (_averageBytes + average) / 2);
    }

    private bool MayStart(LanePace pace) => pace switch
    {
        LanePace.Slow => Slow.InFlight < _mostSlow,
        LanePace.Unknown => Slow.InFlight + Unknown.InFlight < _mostNotFast,
        _ => true,
    };

    private bool TryStartFrom(LanePace pace, TimeSpan now, out StartedDelivery started)
    {
        var ready = _groups[(int)pace].Ready;
        while (ready.First is { Value: var lane })
        {
            ready.RemoveFirst();
            if (TryStartFrom(lane, now, out started))
            {
                List(lane, now);
                return true;
            }
        }

        started = default;
        return false;
    }

    private bool TryStartFrom(WebhookLane lane, TimeSpan now, out StartedDelivery started)
    {
        while (lane.CanStart(now))
        {
            var group = _groups[(int)lane.Pace];
            var next = lane.Dequeue();
            group.Queued--;
            _takenIn -= next.TakenIn ? 1 : 0;

            // One that has waited for too long is left alone: when its lease ends, it is claimed again.
            if (now - next.ClaimedAt <= _longestWait)
            {
                lane.Start(now);
                group.InFlight++;
                started = new StartedDelivery(lane, next.Delivery);
                return true;
            }
        }

        started = default;
        return false;
    }

    // A lane keeps its turn unless it belongs to another group by now.
    private void List(WebhookLane lane, TimeSpan now)
    {
        var ready = _groups[(int)lane.Pace].Ready;
        if (lane.Turn.List == ready)
        {
            return;
        }

        lane.Turn.List?.Remove(lane.Turn);
        if (lane.CanStart(now))
        {
            ready.AddLast(lane.Turn);
        }
    }

    private void SignalIfLow()
    {
        if (!_signaledLow && LowOnBacklog)
        {
            _signaledLow = true;
            _signal.Set();
        }
    }

    private void MarkHungry(WebhookLane lane, TimeSpan now)
    {
        if (!lane.Parked || lane.Hungry)
        {
            return;
        }

        var bound = lane.QueueBound(FairShare, now);
        if (bound > 0 && lane.Queued <= bound / 2)
        {
            lane.Hungry = true;
            _hungry.Enqueue(lane);
            _signal.Set();
        }
    }

    private void Sweep(WebhookLane lane, int share, TimeSpan now)
    {
        Leave(lane);
        if (lane.Hangs(now) && !_paused)
        {
            lane.Pace = LanePace.Slow;
        }

        MoveExcess(lane, lane.QueueBound(share, now), now);
        Join(lane, now);
        MarkHungry(lane, now);
        if (lane.Idle && !lane.Parked && now - lane.LastProgress >= _forgetAfter)
        {
            _lanes.Remove(lane.WebhookId);
        }
    }

    // What has been due longest stays.
    private void MoveExcess(WebhookLane lane, int bound, TimeSpan now)
    {
        if (lane.Queued <= bound)
        {
            return;
        }

        for (int position = 0, queued = lane.Queued; position < queued; position++)
        {
            var delivery = lane.Dequeue();
            if (position < bound)
            {
                lane.Enqueue(delivery, now);
            }
            else
            {
                _excess.Add(delivery.Delivery);
                _takenIn -= delivery.TakenIn ? 1 : 0;
            }
        }
    }

    // A lane is taken out of its group's sums while something about it changes.
    private void Leave(WebhookLane lane)
    {
        var group = _groups[(int)lane.Pace];
        group.InFlight -= lane.InFlight;
        group.Queued -= lane.Queued;
    }

    private void Join(WebhookLane lane, TimeSpan now)
    {
        var group = _groups[(int)lane.Pace];
        group.InFlight += lane.InFlight;
        group.Queued += lane.Queued;
        List(lane, now);
    }
}
