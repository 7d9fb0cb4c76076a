using System.Diagnostics.Metrics;
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

    private volatile CountedPending? _counted;

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
            "webhooks.event.delay", "s", "From the creation of a delivery to the start of its first attempt.", tags: null, _eventDelays);
        _healthChanges = Meter.CreateCounter<long>(
            "webhooks.health.changes", "{change}", "Webhooks that began to fail, recovered, or were disabled because of their receiver.");
        _operationalEvents = Meter.CreateCounter<long>(
            "webhooks.operational_events", "{event}", "Events about webhooks themselves that were published.");
        _authenticationFailures = Meter.CreateCounter<long>(
            "webhooks.authentication.failures", "{failure}", "Requests whose token or API key was not valid.");
        _pending = Meter.CreateObservableGauge(
            "webhooks.deliveries.pending", ObservePending, "{delivery}", "Deliveries that are not finished.");
        _oldestPending = Meter.CreateObservableGauge(
            "webhooks.deliveries.oldest_pending",
            ObserveOldestPending,
            "s",
            "Time since the creation of the oldest delivery that is not finished; of a webhook with waits of its own, since it is due.");
    }

    /// <summary>Whether anyone wants to know of pending deliveries, which have to be counted for it.</summary>
    public bool WantsPending => _pending.Enabled || _oldestPending.Enabled;

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
            _eventDelay.Record(Math.Max(0, (attempt.StartedAt - delivery.CreatedAt).TotalSeconds));
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

    /// <summary>Counts a request whose token or API key was not valid.</summary>
    /// <param name="isKey">Whether it was an API key.</param>
    /// <param name="isLimited">Whether its address had sent too many of them.</param>
    public void AuthenticationFailed(bool isKey, bool isLimited) => _authenticationFailures.Add(
        1, new KeyValuePair<string, object?>("credential", isKey ? "key" : "token"), new("limited", isLimited ? "true" : "false"));

    /// <summary>Takes over what was counted.</summary>
    /// <param name="count">Deliveries that are pending.</param>
    /// <param name="oldest">
    /// Time since the creation of the oldest of them, or since it is due where the webhook has waits of its own; zero when there is none.
    /// </param>
    public void PendingCounted(long count, TimeSpan oldest) => _counted = new CountedPending(count, oldest, _clock.GetTimestamp());

    public void Dispose() => Meter.Dispose();

    private IEnumerable<Measurement<long>> ObservePending() =>
        Valid() is { } counted ? [new Measurement<long>(counted.Count)] : [];

    private IEnumerable<Measurement<double>> ObserveOldestPending() =>
        Valid() is { } counted ? [new Measurement<double>(counted.Oldest.TotalSeconds)] : [];

    private CountedPending? Valid() =>
        _counted is { } counted && _clock.GetElapsedTime(counted.At) <= PendingValidity ? counted : null;

    private sealed record CountedPending(long Count, TimeSpan Oldest, long At);
}
