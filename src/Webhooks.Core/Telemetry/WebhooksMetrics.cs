using System.Diagnostics.Metrics;
using Webhooks.Core.Credentials;
using Webhooks.Core.Deliveries;
using Webhooks.Core.Health;

namespace Webhooks.Core.Telemetry;

/// <summary>
/// The metrics of both hosts, named here once (docs/observability.md describes them). No tag names a webhook or an organization: a metric
/// has as many series as its tags have values.
/// </summary>
public sealed class WebhooksMetrics : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Webhooks";

    /// <summary>
    /// The time for which what was counted last is reported. When counting stops, because the database is away or another process has taken
    /// over, a gap in the metric says so.
    /// </summary>
    internal static readonly TimeSpan PendingValidity = TimeSpan.FromMinutes(2);

    private static readonly InstrumentAdvice<double> _attemptDurations = new()
    {
        HistogramBucketBoundaries = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60],
    };

    private static readonly InstrumentAdvice<double> _eventDelays = new()
    {
        HistogramBucketBoundaries = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600],
    };

    private readonly TimeProvider _clock;
    private readonly Counter<long> _attempts;
    private readonly Histogram<double> _attemptDuration;
    private readonly Histogram<double> _eventDelay;
    private readonly Counter<long> _healthChanges;
    private readonly Counter<long> _operationalEvents;
    private readonly Counter<long> _authenticationFailures;
    private readonly ObservableGauge<long> _pending;
    private readonly ObservableGauge<double> _oldestPending;
    private readonly ObservableGauge<long> _due;
    private readonly ObservableGauge<double> _oldestDue;
    private readonly ObservableGauge<long> _leased;
    private readonly ObservableGauge<long> _paused;
    private readonly ObservableGauge<long> _queue;

    private volatile Counted<CountedBacklog>? _backlog;
    private volatile Counted<(long Events, long Poison)>? _messages;

    public WebhooksMetrics(TimeProvider clock)
    {
        _clock = clock;
        Meter = new Meter(MeterName);
        _attempts = Meter.CreateCounter<long>("webhooks.attempts", "{attempt}", "Attempts that were made.");
        _attemptDuration = Meter.CreateHistogram(
            "webhooks.attempt.duration",
            "s",
            "From the start of an attempt to the end of the answer, or to the failure.",
            tags: null,
            _attemptDurations);
        _eventDelay = Meter.CreateHistogram(
            "webhooks.event.delay",
            "s",
            "From the creation of a delivery, or the time it is wanted at, to the start of its first attempt.",
            tags: null,
            _eventDelays);
        _healthChanges = Meter.CreateCounter<long>(
            "webhooks.health.changes", "{change}", "Webhooks that began to fail, recovered, or were disabled because of their receiver.");
        _operationalEvents = Meter.CreateCounter<long>(
            "webhooks.operational_events", "{event}", "Events about webhooks themselves that were published.");
        _authenticationFailures = Meter.CreateCounter<long>(
            "webhooks.authentication.failures", "{failure}", "Requests whose token, API key or portal session was not valid.");
        _pending = Meter.CreateObservableGauge(
            "webhooks.deliveries.pending",
            () => Observe(_backlog, static backlog => backlog.Pending),
            "{delivery}",
            "Deliveries that are not finished.");
        _oldestPending = Meter.CreateObservableGauge(
            "webhooks.deliveries.oldest_pending",
            () => Observe(_backlog, static backlog => backlog.OldestPending.TotalSeconds),
            "s",
            "Time since the creation of the oldest delivery that is not finished; of a webhook with waits of its own, since it is due.");
        _due = Meter.CreateObservableGauge(
            "webhooks.deliveries.due",
            () => Observe(_backlog, static backlog => backlog.Due),
            "{delivery}",
            "Deliveries whose attempt is due, and that nobody has claimed.");
        _oldestDue = Meter.CreateObservableGauge(
            "webhooks.deliveries.oldest_due",
            () => Observe(_backlog, static backlog => backlog.OldestDue.TotalSeconds),
            "s",
            "For how long the first of the deliveries that are due has been so.");
        _leased = Meter.CreateObservableGauge(
            "webhooks.deliveries.leased",
            () => Observe(_backlog, static backlog => backlog.Leased),
            "{delivery}",
            "Deliveries that are claimed: they are being attempted, or are about to be.");
        _paused = Meter.CreateObservableGauge(
            "webhooks.paused", ObservePaused, "{webhook}", "Webhooks to which nothing is sent for a while because of their receivers.");
        _queue = Meter.CreateObservableGauge(
            "webhooks.queue.messages", ObserveQueue, "{message}", "Messages on the queue of events, and on that of those refused.");
    }

    /// <summary>Whether anyone wants to know of the backlog, which has to be counted for it.</summary>
    public bool WantsPending =>
        _pending.Enabled || _oldestPending.Enabled || _due.Enabled || _oldestDue.Enabled || _leased.Enabled || _paused.Enabled;

    /// <summary>Whether anyone wants to know of the queue, whose messages have to be counted for it.</summary>
    public bool WantsQueue => _queue.Enabled;

    internal Meter Meter { get; }

    /// <summary>Counts an attempt that was made.</summary>
    public void AttemptMade(ClaimedDelivery delivery, Attempt attempt)
    {
        KeyValuePair<string, object?> outcome = new("outcome", attempt.Outcome.ToTag());
        _attemptDuration.Record(attempt.Duration.TotalSeconds, outcome);
        if (attempt.Outcome.ToErrorTag() is { } error)
        {
            _attempts.Add(1, outcome, new("error", error));
        }
        else
        {
            _attempts.Add(1, outcome);
        }

        if (attempt.Number == 1 && !delivery.Test)
        {
            // The database's clock and ours may differ a little.
            _eventDelay.Record(Math.Max(0, (attempt.StartedAt - (delivery.DeliverAt ?? delivery.CreatedAt)).TotalSeconds));
        }
    }

    /// <summary>Counts a change of a webhook that attempts have caused.</summary>
    public void HealthChanged(HealthChange change)
    {
        KeyValuePair<string, object?> tag = new("change", change.ToTag());
        if (change.ToReasonTag() is { } reason)
        {
            _healthChanges.Add(1, tag, new("reason", reason));
        }
        else
        {
            _healthChanges.Add(1, tag);
        }
    }

    /// <summary>Counts an event about a webhook itself.</summary>
    /// <param name="name">Its event type.</param>
    public void OperationalEventPublished(string name) => _operationalEvents.Add(1, new KeyValuePair<string, object?>("event", name));

    /// <summary>Counts a request whose credential was not valid.</summary>
    /// <param name="kind">What it was.</param>
    /// <param name="isLimited">Whether its address had sent too many of them.</param>
    public void AuthenticationFailed(CredentialKind kind, bool isLimited) => _authenticationFailures.Add(
        1, new KeyValuePair<string, object?>("credential", kind.ToTag()), new("limited", isLimited ? "true" : "false"));

    /// <summary>Takes over what was counted in the database.</summary>
    public void BacklogCounted(CountedBacklog backlog) => _backlog = new Counted<CountedBacklog>(backlog, _clock.GetTimestamp());

    /// <summary>Takes over what was counted on the queue.</summary>
    /// <param name="events">Messages to be published.</param>
    /// <param name="poison">Messages that were refused.</param>
    public void QueueCounted(long events, long poison) =>
        _messages = new Counted<(long Events, long Poison)>((events, poison), _clock.GetTimestamp());

    public void Dispose() => Meter.Dispose();

    private IEnumerable<Measurement<long>> ObservePaused() => _backlog is { } counted && IsValid(counted)
        ?
        [
            new(counted.Value.PausedByCircuit, new KeyValuePair<string, object?>("by", "circuit")),
            new(counted.Value.PausedByReceiver, new KeyValuePair<string, object?>("by", "retry_after")),
        ]
        : [];

    private IEnumerable<Measurement<long>> ObserveQueue() => _messages is { } counted && IsValid(counted)
        ?
        [
            new(counted.Value.Events, new KeyValuePair<string, object?>("queue", "events")),
            new(counted.Value.Poison, new KeyValuePair<string, object?>("queue", "poison")),
        ]
        : [];

    private IEnumerable<Measurement<TValue>> Observe<TCount, TValue>(Counted<TCount>? counted, Func<TCount, TValue> value)
        where TValue : struct =>
        counted is not null && IsValid(counted) ? [new Measurement<TValue>(value(counted.Value))] : [];

    private bool IsValid<T>(Counted<T> counted) => _clock.GetElapsedTime(counted.At) <= PendingValidity;

    private sealed record Counted<T>(T Value, long At);
}
