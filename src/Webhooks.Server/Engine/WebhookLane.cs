using Webhooks.Core.Deliveries;
using Webhooks.Core.Sending;

namespace Webhooks.Server.Engine;

/// <summary>
/// One webhook's claimed deliveries, and what is known of its receiver. <see cref="WebhookLanes"/> guards it: nothing here is safe for
/// threads.
/// </summary>
internal sealed class WebhookLane
{
    // Before its first answer, a lane may queue half its share, which leaves room for others, and always enough to double its window.
    private const int QueuedAtFirst = 8;

    // Until its throughput can be known, a fast lane may queue all that it gets.
    private static readonly TimeSpan _gracePeriod = TimeSpan.FromSeconds(1);

    // After that, it queues what it can work off within this time,
    private const double QueuedSeconds = 0.5;

    // and its share of all that may be queued if it can work that off within this time, well within the lease.
    private const double MostQueuedSeconds = 5;

    private readonly EngineOptions _options;
    private readonly Queue<QueuedDelivery> _queue = [];
    private SlidingRate _rate;
    private int _mostTried;
    private TimeSpan _shrunkAt = TimeSpan.MinValue;
    private TimeSpan _busySince;
    private TimeSpan _restsUntil = TimeSpan.MinValue;
    private LaneHold _hold;

    public WebhookLane(Guid webhookId, EngineOptions options)
    {
        _options = options;
        WebhookId = webhookId;
        Window = new CongestionWindow(options.MaxInFlightPerWebhook);
        Turn = new LinkedListNode<WebhookLane>(this);
    }

    public Guid WebhookId { get; }

    public CongestionWindow Window { get; private set; }

    public LanePace Pace { get; set; } = LanePace.Unknown;

    public int InFlight { get; private set; }

    public int Queued => _queue.Count;

    /// <summary>Its place among the lanes of its group that have work to start; in no list when it has none.</summary>
    public LinkedListNode<WebhookLane> Turn { get; }

    /// <summary>Whether it stands in the queue of lanes to be refilled.</summary>
    public bool Hungry { get; set; }

    /// <summary>Whether work of this webhook has been parked in the database.</summary>
    public bool Parked { get; set; }

    /// <summary>When something last started from nothing, or finished.</summary>
    public TimeSpan LastProgress { get; private set; }

    public bool Idle => InFlight == 0 && Queued == 0;

    public bool Rests(TimeSpan now) => now < _restsUntil || now < _hold.Until;

    /// <summary>Whether an attempt has to be asked for, because it finds out whether the receiver answers again.</summary>
    public bool NeedsProbe => _hold.NeedsProbe;

    public bool CanStart(TimeSpan now) => Queued > 0 && InFlight < Window.Size && !Rests(now);

    /// <summary>
    /// Attempts are under way, but none has finished for long: the receiver hangs, although no attempt has timed out yet.
    /// </summary>
    public bool Hangs(TimeSpan now) => InFlight > 0 && now - LastProgress >= _options.SlowAfter;

    /// <summary>Whether something waits here whose claim was asked for before a time.</summary>
    public bool HasClaimFrom(TimeSpan before) => _queue.Any(delivery => delivery.ClaimedAt < before);

    /// <summary>Whether one more delivery may wait here.</summary>
    public bool HasRoom(int share, TimeSpan now) => Idle ? !Rests(now) : Queued < QueueBound(share, now);

    /// <summary>How many deliveries may wait here; more are better parked, out of the way of other webhooks' work.</summary>
    /// <param name="share">This lane's share of all that may be queued.</param>
    /// <param name="now">The engine's clock.</param>
    public int QueueBound(int share, TimeSpan now)
    {
        if (Rests(now))
        {
            return 0;
        }

        return Pace switch
        {
            LanePace.Fast when now - _busySince < _gracePeriod => _options.MaxQueued,
            LanePace.Fast => WorkedOffSoon(share, now),
            LanePace.Unknown when now - _busySince < _gracePeriod => Math.Max(QueuedAtFirst, share / 2),
            _ => Math.Max(0, Window.Size - InFlight),
        };
    }

    public void Enqueue(QueuedDelivery delivery, TimeSpan now)
    {
        if (Idle)
        {
            BeginGrace(now);
        }

        _queue.Enqueue(delivery);
    }

    /// <summary>Forgets how long it has been busy, because what it could not do in that time was not its receiver's fault.</summary>
    public void BeginGrace(TimeSpan now) => _busySince = now;

    public QueuedDelivery Dequeue() => _queue.Dequeue();

    public void Start(TimeSpan now)
    {
        if (InFlight == 0)
        {
            LastProgress = now;
        }

        InFlight++;
        _mostTried = Math.Max(_mostTried, InFlight);
    }

    /// <summary>An attempt ended.</summary>
    /// <param name="attempt">What came of it; null when nothing is to be learned from it about the receiver.</param>
    /// <param name="now">The engine's clock.</param>
    public void Finish(Attempt? attempt, TimeSpan now)
    {
        if (attempt is not null)
        {
            Learn(attempt, now);
        }

        InFlight--;
        LastProgress = now;
        _rate.Count(now);
    }

    /// <summary>Its webhook is paused, or is not any more.</summary>
    /// <returns>Whether it rests because of it.</returns>
    public bool Hold(LaneHold hold, TimeSpan now)
    {
        _hold = hold;
        return now < hold.Until;
    }

    /// <summary>Starts nothing until then.</summary>
    public void Rest(TimeSpan until) => _restsUntil = until;

    private int WorkedOffSoon(int share, TimeSpan now)
    {
        var perSecond = _rate.At(now);
        var soon = Math.Max(perSecond * QueuedSeconds, Math.Min(share, perSecond * MostQueuedSeconds));
        return Math.Max(2 * Window.Size, (int)soon);
    }

    private void Learn(Attempt attempt, TimeSpan now)
    {
        if (attempt.Outcome is SendOutcome.NotAnswered)
        {
            Pace = LanePace.Slow;
            ShrinkOncePerRoundTrip(attempt, Window.AfterNoAnswer(), now);
        }
        else if (attempt.Duration >= _options.SlowAfter)
        {
            Pace = LanePace.Slow;
            LearnFromSlowAnswer(attempt, now);
        }
        else
        {
            Pace = LanePace.Fast;
            GrowIfTried(Window.AfterFastAnswer());
        }
    }

    private void LearnFromSlowAnswer(Attempt attempt, TimeSpan now)
    {
        var next = Window.AfterSlowAnswer();
        if (next.Size < Window.Size)
        {
            ShrinkOncePerRoundTrip(attempt, next, now);
        }
        else
        {
            GrowIfTried(next);
        }
    }

    // Attempts that were under way together fail together. That is one sign of trouble, not as many as there were attempts.
    private void ShrinkOncePerRoundTrip(Attempt attempt, CongestionWindow smaller, TimeSpan now)
    {
        if (now - attempt.Duration >= _shrunkAt)
        {
            Window = smaller;
            _mostTried = smaller.Size;
            _shrunkAt = now;
        }
    }

    // A window that is not used has not been tried out: it may get twice as large as what has been.
    private void GrowIfTried(CongestionWindow larger)
    {
        if (Window.Size < 2 * _mostTried)
        {
            Window = larger;
        }
    }
}
