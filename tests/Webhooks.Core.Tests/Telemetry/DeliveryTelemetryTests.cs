using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Webhooks.Core.Deliveries;
using Webhooks.Core.Idempotency;
using Webhooks.Core.Secrets;
using Webhooks.Core.Sending;
using Webhooks.Core.Telemetry;
using Webhooks.Core.Tests.Postgres;
using Webhooks.Core.Transforms;
using Webhooks.Core.Webhooks;
using Webhooks.Testing;

namespace Webhooks.Core.Tests.Telemetry;

/// <summary>The telemetry of a delivery: from a published event through the database to the receiver.</summary>
public sealed class DeliveryTelemetryTests : DatabaseTest
{
    private const string TraceOfThePublisher = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private readonly Guid _org = Guid.NewGuid();
    private readonly SecretProtector _secrets = new(new SwitchableKeyRing());
    private readonly WebhooksMetrics _metrics = new(TimeProvider.System);
    private readonly WebhooksOptions _options = new()
    {
        RequireHttps = false,
        AllowedNetworks = [System.Net.IPNetwork.Parse("127.0.0.0/8")],
    };

    public override async ValueTask DisposeAsync()
    {
        _metrics.Dispose();
        await base.DisposeAsync();
    }

    [Fact]
    public async Task An_attempt_links_to_the_publishing_of_its_event()
    {
        await using var receiver = await Receiver.StartAsync();
        var webhook = await CreateWebhookAsync($"{receiver.Url}/hook?token=hidden");
        using var recorder = new ActivityRecorder(Tracing);

        await PublishAsync(_org, data: """{"name":"hidden"}""");
        var result = await AttemptAsync();

        var publish = recorder.Single("webhook.publish");
        Assert.Equal(ActivityKind.Producer, publish.Kind);
        Assert.Equal(1, publish.GetTagItem("webhook.events"));
        Assert.Empty(publish.Links);
        var attempt = recorder.Single("webhook.attempt");
        Assert.Equal(ActivityKind.Client, attempt.Kind);
        Assert.Equal(publish.Context.SpanId, Assert.Single(attempt.Links).Context.SpanId);
        Assert.Equal(publish.TraceId, attempt.Links.Single().Context.TraceId);
        Assert.NotEqual(publish.TraceId, attempt.TraceId);
        Assert.Equal(
            new Dictionary<string, object?>
            {
                ["webhook.id"] = webhook.Id,
                ["webhook.delivery.id"] = result.Delivery.Id,
                ["webhook.attempt"] = 1,
                ["webhook.event"] = "user.created",
                ["http.response.status_code"] = 200,
            },
            attempt.TagObjects.ToDictionary());
        Assert.Equal(ActivityStatusCode.Unset, attempt.Status);
    }

    [Fact]
    public async Task The_attempt_after_a_failure_links_to_the_publishing_too()
    {
        await using var receiver = await Receiver.StartAsync(_ => 503);
        await CreateWebhookAsync(receiver.Url);
        using var recorder = new ActivityRecorder(Tracing);
        await PublishAsync(_org);

        var failed = await AttemptAsync();
        await Deliveries.RecordAsync([failed], Cancel);
        await ExecuteAsync("UPDATE webhook_deliveries SET next_attempt_at = now()");
        await AttemptAsync();

        var publish = recorder.Single("webhook.publish");
        var attempts = recorder.All("webhook.attempt");
        Assert.Equal([1, 2], attempts.Select(attempt => attempt.GetTagItem("webhook.attempt")));
        Assert.All(attempts, attempt =>
        {
            Assert.Equal(publish.SpanId, Assert.Single(attempt.Links).Context.SpanId);
            Assert.Equal(503, attempt.GetTagItem("http.response.status_code"));
            Assert.Equal("5xx", attempt.GetTagItem("error.type"));
            Assert.Equal(ActivityStatusCode.Error, attempt.Status);
        });
    }

    [Fact]
    public async Task Publishing_links_to_where_publishers_put_the_events_on_the_queue()
    {
        await CreateWebhookAsync("http://127.0.0.1:9/");
        using var recorder = new ActivityRecorder(Tracing);

        await Publisher.PublishAsync(
            [
                Message(_org) with { TraceParent = TraceOfThePublisher },
                Message(_org),
                Message(_org) with { TraceParent = TraceOfThePublisher },
            ],
            Cancel);

        var link = Assert.Single(recorder.Single("webhook.publish").Links);
        Assert.Equal(TraceOfThePublisher, $"00-{link.Context.TraceId}-{link.Context.SpanId}-01");
        Assert.True(link.Context.IsRemote);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_receiver_is_told_nothing_of_the_trace(bool traced)
    {
        await using var receiver = await Receiver.StartAsync();
        await CreateWebhookAsync(receiver.Url);
        using var recorder = traced ? new ActivityRecorder(Tracing) : null;
        using var ambient = new Activity("ambient").AddBaggage("customer", "secret").Start();

        await PublishAsync(_org);
        await AttemptAsync();

        var request = Assert.Single(receiver.Requests);
        Assert.DoesNotContain(request.Headers.Keys, name =>
            name.ToUpperInvariant() is "TRACEPARENT" or "TRACESTATE" or "BAGGAGE" or "REQUEST-ID" or "CORRELATION-CONTEXT");
    }

    [Fact]
    public async Task What_is_not_sampled_is_not_stored()
    {
        await CreateWebhookAsync("http://127.0.0.1:9/");
        using (new ActivityRecorder(Tracing, sampled: false))
        {
            await PublishAsync(_org);
        }

        await PublishAsync(_org);

        Assert.Equal([null, null], await QueryAllAsync<string?>("SELECT trace_parent FROM webhook_deliveries"));
    }

    [Fact]
    public async Task An_attempt_is_measured()
    {
        await using var receiver = await Receiver.StartAsync();
        await CreateWebhookAsync(receiver.Url);
        using var recorder = new MeasurementRecorder(_metrics);
        await PublishAsync(_org);
        await ExecuteAsync("UPDATE webhook_deliveries SET created_at = now() - interval '1 minute'");

        var result = await AttemptAsync();

        Assert.Equal([new Measured(1, "outcome=succeeded")], recorder.Of("webhooks.attempts"));
        Assert.Equal([new Measured(result.Attempt!.Duration.TotalSeconds, "outcome=succeeded")], recorder.Of("webhooks.attempt.duration"));
        Assert.InRange(Assert.Single(recorder.Of("webhooks.event.delay")).Value, 60, 120);
    }

    [Fact]
    public async Task An_attempt_that_gets_no_answer_is_measured_under_its_error()
    {
        using var closed = new ClosedPort();
        await CreateWebhookAsync($"http://127.0.0.1:{closed.Number}/");
        using var recorder = new MeasurementRecorder(_metrics);
        using var activities = new ActivityRecorder(Tracing);
        await PublishAsync(_org);

        await AttemptAsync();

        Assert.Equal([new Measured(1, "outcome=no_response,error=connection_refused")], recorder.Of("webhooks.attempts"));
        var attempt = activities.Single("webhook.attempt");
        Assert.Equal("connection_refused", attempt.GetTagItem("error.type"));
        Assert.Null(attempt.GetTagItem("http.response.status_code"));
    }

    private async Task<Webhook> CreateWebhookAsync(string url)
    {
        var store = new WebhookStore(Database, _secrets, new KeyedRequests(Database), Probes, Unpulled, _options);
        var webhook = new NewWebhook(url, ["*"], Active: true, Description: null);
        return Assert.IsType<WebhookCreation.Created>(await store.CreateAsync(_org, webhook, key: null, Cancel)).Webhook;
    }

    /// <summary>Claims the only due delivery and attempts it.</summary>
    private async Task<DeliveryResult> AttemptAsync()
    {
        using var sender = new WebhookSender(_options);
        using var signers = new WebhookSigners(_secrets, TimeProvider.System);
        using var headers = new OwnHeaders(_secrets, TimeProvider.System);
        using var runner = new TransformRunner(_options);
        using var transforms = new DeliveryTransforms(Database, runner, TimeProvider.System);
        var attempter = new DeliveryAttempter(
            sender, signers, headers, transforms, _metrics, Tracing, _options, TimeProvider.System, NullLogger<DeliveryAttempter>.Instance);
        var claim = Assert.Single(await Deliveries.ClaimDueAsync(1, TimeSpan.FromMinutes(5), Cancel));
        return await attempter.AttemptAsync(claim, Cancel);
    }
}
