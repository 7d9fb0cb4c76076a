using System.Diagnostics.Metrics;
using Microsoft.Extensions.Time.Testing;
using Webhooks.Core.Credentials;
using Webhooks.Core.Deliveries;
using Webhooks.Core.Sending;
using Webhooks.Core.Telemetry;
using Webhooks.Testing;

namespace Webhooks.Core.Tests.Telemetry;

public sealed class WebhooksMetricsTests : IDisposable
{
    private static readonly DateTimeOffset _created = new(2026, 8, 3, 10, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _clock = new();
    private readonly WebhooksMetrics _metrics;
    private readonly MeasurementRecorder _recorder;

    public WebhooksMetricsTests()
    {
        _metrics = new WebhooksMetrics(_clock);
        _recorder = new MeasurementRecorder(_metrics);
    }

    public void Dispose()
    {
        _recorder.Dispose();
        _metrics.Dispose();
    }

    [Fact]
    public void The_instruments_have_the_names_and_units_that_dashboards_and_alerts_rely_on()
    {
        Assert.Equal("Webhooks", _metrics.Meter.Name);
        Assert.Equal(
            [
                "webhooks.attempt.duration s Histogram`1",
                "webhooks.attempts {attempt} Counter`1",
                "webhooks.authentication.failures {failure} Counter`1",
                "webhooks.deliveries.due {delivery} ObservableGauge`1",
                "webhooks.deliveries.leased {delivery} ObservableGauge`1",
                "webhooks.deliveries.oldest_due s ObservableGauge`1",
                "webhooks.deliveries.oldest_pending s ObservableGauge`1",
                "webhooks.deliveries.pending {delivery} ObservableGauge`1",
                "webhooks.event.delay s Histogram`1",
                "webhooks.health.changes {change} Counter`1",
                "webhooks.operational_events {event} Counter`1",
                "webhooks.paused {webhook} ObservableGauge`1",
                "webhooks.queue.messages {message} ObservableGauge`1",
            ],
            _recorder.Instruments.Values.Select(instrument => $"{instrument.Name} {instrument.Unit} {instrument.GetType().Name}").Order());
        Assert.All(_recorder.Instruments.Values.OfType<Histogram<double>>(), histogram =>
            Assert.Equal(30, histogram.Advice!.HistogramBucketBoundaries!.Single(bound => bound == 30)));
    }

    public static TheoryData<SendOutcome, string, string> Outcomes { get; } = new()
    {
        { new SendOutcome.Answered(200, ""), "outcome=succeeded", "outcome=succeeded" },
        { new SendOutcome.Answered(299, ""), "outcome=succeeded", "outcome=succeeded" },
        { new SendOutcome.Answered(302, ""), "outcome=failed,error=3xx", "outcome=failed" },
        { new SendOutcome.Answered(404, ""), "outcome=failed,error=4xx", "outcome=failed" },
        { new SendOutcome.Answered(599, ""), "outcome=failed,error=5xx", "outcome=failed" },
        { new SendOutcome.NotAnswered(SendError.Timeout, "It took too long."), "outcome=no_response,error=timeout", "outcome=no_response" },
    };

    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(Outcomes))]
    public void An_attempt_is_counted_and_timed_by_its_outcome(SendOutcome outcome, string counted, string timed)
    {
        _metrics.AttemptMade(Delivery(), Attempt(1, outcome));

        Assert.Equal([new Measured(1, counted)], _recorder.Of("webhooks.attempts"));
        Assert.Equal([new Measured(0.25, timed)], _recorder.Of("webhooks.attempt.duration"));
    }

    [Fact]
    public void A_credential_that_is_not_valid_is_counted_without_saying_whose()
    {
        _metrics.AuthenticationFailed(CredentialKind.ApiKey, isLimited: false);
        _metrics.AuthenticationFailed(CredentialKind.Token, isLimited: true);
        _metrics.AuthenticationFailed(CredentialKind.PortalSession, isLimited: false);

        Assert.Equal(
            [
                new Measured(1, "credential=key,limited=false"),
                new Measured(1, "credential=token,limited=true"),
                new Measured(1, "credential=session,limited=false"),
            ],
            _recorder.Of("webhooks.authentication.failures"));
    }

    [Fact]
    public void The_delay_of_an_event_is_measured_at_the_first_attempt_alone()
    {
        _metrics.AttemptMade(Delivery(), Attempt(1, new SendOutcome.Answered(500, "")));
        _metrics.AttemptMade(Delivery(), Attempt(2, new SendOutcome.Answered(200, "")));

        Assert.Equal([new Measured(1.5, "")], _recorder.Of("webhooks.event.delay"));
    }

    [Fact]
    public void A_test_delivery_has_no_delay()
    {
        _metrics.AttemptMade(Delivery() with { Test = true }, Attempt(1, new SendOutcome.Answered(200, "")));

        Assert.Empty(_recorder.Of("webhooks.event.delay"));
    }

    [Fact]
    public void A_delay_is_never_negative_whatever_the_clocks_say()
    {
        _metrics.AttemptMade(Delivery() with { CreatedAt = _created.AddHours(1) }, Attempt(1, new SendOutcome.Answered(200, "")));

        Assert.Equal([new Measured(0, "")], _recorder.Of("webhooks.event.delay"));
    }

    [Fact]
    public void What_was_counted_is_reported_until_it_is_too_old()
    {
        Assert.Empty(_recorder.Observe("webhooks.deliveries.pending"));

        _metrics.BacklogCounted(new CountedBacklog(
            7, TimeSpan.FromMinutes(3), Due: 2, TimeSpan.FromSeconds(4), Leased: 3, PausedByCircuit: 1, PausedByReceiver: 0));
        _clock.Advance(WebhooksMetrics.PendingValidity);
        Assert.Equal([new Measured(7, "")], _recorder.Observe("webhooks.deliveries.pending"));
        Assert.Equal([new Measured(180, "")], _recorder.Observe("webhooks.deliveries.oldest_pending"));

        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Empty(_recorder.Observe("webhooks.deliveries.pending"));
        Assert.Empty(_recorder.Observe("webhooks.deliveries.oldest_pending"));
    }

    [Fact]
    public void Pending_deliveries_are_wanted_while_somebody_listens()
    {
        Assert.True(_metrics.WantsPending);
        _recorder.Dispose();
        Assert.False(_metrics.WantsPending);
    }

    private static ClaimedDelivery Delivery() => new(
        Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(), "user.created", default, AttemptsMade: 0,
        Test: false, "https://example.com/hook", "encrypted", WebhookActive: true, _created, TraceParent: null);

    private static Attempt Attempt(int number, SendOutcome outcome) =>
        new(number, _created.AddSeconds(1.5), TimeSpan.FromMilliseconds(250), outcome);
}
