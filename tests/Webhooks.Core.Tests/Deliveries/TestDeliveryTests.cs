using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Webhooks.Core.Deliveries;
using Webhooks.Core.EventTypes;
using Webhooks.Core.Idempotency;
using Webhooks.Core.Secrets;
using Webhooks.Core.Sending;
using Webhooks.Core.Telemetry;
using Webhooks.Core.Tests.Postgres;
using Webhooks.Core.Transforms;
using Webhooks.Core.Webhooks;
using Webhooks.Testing;

namespace Webhooks.Core.Tests.Deliveries;

public sealed class TestDeliveryTests : DatabaseTest
{
    private readonly Guid _org = Guid.NewGuid();
    private readonly SwitchableKeyRing _keys = new();
    private readonly WebhooksOptions _options = new()
    {
        RequireHttps = false,
        AllowedNetworks = [System.Net.IPNetwork.Parse("127.0.0.0/8")],
    };

    private readonly WebhooksMetrics _metrics = new(TimeProvider.System);

    private readonly LogRecorder _log = new();
    private readonly LoggerFactory _logs;

    private WebhookSender? _sender;
    private WebhookSigners? _signers;
    private OwnHeaders? _headers;
    private TransformRunner? _runner;
    private DeliveryTransforms? _transforms;

    public TestDeliveryTests() => _logs = new LoggerFactory([_log]);

    [Fact]
    public async Task A_test_sends_the_sample_of_the_webhooks_first_event_and_records_it()
    {
        await using var receiver = await Receiver.StartAsync(_ => 204);
        var webhook = await CreateAsync(receiver, "invoice.paid", "user.created");

        var detail = Required(await SendAsync(webhook.Id));

        Assert.Equal("invoice.paid", detail.Summary.Event);
        Assert.True(detail.Summary.Test);
        Assert.Equal(DeliveryStatus.Succeeded, detail.Summary.Status);
        Assert.Equal(204, detail.Summary.ResponseStatus);
        Assert.Equal(1, detail.Summary.AttemptNumber);
        Assert.Equal(204, Assert.Single(detail.Attempts).ResponseStatus);
        var request = Assert.Single(receiver.Requests);
        Assert.Equal(detail.Payload, Encoding.UTF8.GetString(request.Body));
        Assert.Equal(detail.Summary.EventId.ToString(), request.Headers["webhook-id"]);
        Assert.Equal(detail.Summary.Id.ToString(), request.Headers["X-Webhook-Delivery"]);
        var payload = JsonNode.Parse(Required(detail.Payload));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(EventCatalog.BuiltIn.Find("invoice.paid")!.Sample), payload?["data"]));
        Assert.Equal("invoice.paid", (string?)payload?["event"]);
        Assert.Equal(webhook.Id.ToString(), (string?)payload?["webhook_id"]);
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", (string?)payload?["timestamp"]);
        var page = Required(await History.ListAsync(_org, webhook.Id, new DeliveryFilter(), 10, null, Cancel));
        Assert.Equal(detail.Summary, Assert.Single(page.Items));
    }

    [Fact]
    public async Task A_test_can_send_another_event_and_a_webhook_for_all_gets_the_catalogs_first()
    {
        await using var receiver = await Receiver.StartAsync();
        var webhook = await CreateAsync(receiver, "*");
        Assert.Equal(EventCatalog.BuiltIn.All[0].Name, (await SendAsync(webhook.Id))?.Summary.Event);
        Assert.Equal("device.alert", (await SendAsync(webhook.Id, "device.alert"))?.Summary.Event);
        await Assert.ThrowsAsync<ArgumentException>(() => SendAsync(webhook.Id, "no.such"));
    }

    [Fact]
    public async Task A_test_has_the_headers_of_the_webhook_and_none_is_sent_while_they_cannot_be_decrypted()
    {
        await using var receiver = await Receiver.StartAsync();
        var created = Assert.IsType<WebhookCreation.Created>(await Store().CreateAsync(
            _org,
            new NewWebhook(receiver.Url, ["*"], Active: true, Description: null)
            {
                Headers = new Dictionary<string, string> { ["X-Api-Key"] = "1" },
            },
            key: null,
            Cancel));

        await SendAsync(created.Webhook.Id);

        Assert.Equal("1", Assert.Single(receiver.Requests).Header("X-Api-Key"));
        Assert.DoesNotContain("X-Api-Key", await QueryAsync<string>("SELECT headers FROM webhooks"), StringComparison.Ordinal);

        // What is encrypted for another purpose, or of another webhook, is not taken.
        await ExecuteAsync("UPDATE webhooks SET headers = secret");
        await Assert.ThrowsAsync<SecretUnavailableException>(() => SendAsync(created.Webhook.Id));
        Assert.Single(receiver.Requests);
        Assert.Equal(1, await CountAsync());
    }

    [Fact]
    public async Task A_failed_test_is_not_retried()
    {
        await using var receiver = await Receiver.StartAsync(_ => 500);
        var webhook = await CreateAsync(receiver, "*");
        var detail = Required(await SendAsync(webhook.Id));
        Assert.Equal(DeliveryStatus.Failed, detail.Summary.Status);
        Assert.Equal(500, detail.Summary.ResponseStatus);
        Assert.Null(detail.Summary.NextAttemptAt);
    }

    [Fact]
    public async Task A_test_has_the_webhooks_own_time_and_is_not_retried_by_its_own_waits()
    {
        await using var receiver = await Receiver.StartAsync(async (_, context) =>
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing));
        var webhook = await CreateAsync(receiver, "*");
        await Store().UpdateAsync(
            _org, webhook.Id, new WebhookChanges(RetryDelays: new([1, 1]), TimeoutSeconds: new(1)), states: null, Cancel);

        var detail = Required(await SendAsync(webhook.Id));

        Assert.Equal(DeliveryStatus.Failed, detail.Summary.Status);
        var attempt = Assert.Single(detail.Attempts);
        Assert.Equal(SendError.Timeout, attempt.Error);
        Assert.StartsWith("No answer came within 1 s.", attempt.Message, StringComparison.Ordinal);
        Assert.InRange(attempt.DurationMs, 900, 20_000);
    }

    [Fact]
    public async Task An_inactive_webhook_is_tested()
    {
        await using var receiver = await Receiver.StartAsync();
        var webhook = await CreateAsync(receiver, "*");
        await Store().UpdateAsync(_org, webhook.Id, new WebhookChanges(Active: false), states: null, Cancel);
        Assert.Equal(DeliveryStatus.Succeeded, (await SendAsync(webhook.Id))?.Summary.Status);
    }

    [Fact]
    public async Task A_webhook_that_is_unknown_deleted_or_anothers_is_not_tested()
    {
        await using var receiver = await Receiver.StartAsync();
        var webhook = await CreateAsync(receiver, "*");
        Assert.Null(await SendAsync(Guid.CreateVersion7()));
        Assert.Null(await TestDelivery().SendAsync(Guid.NewGuid(), webhook.Id, null, data: null, Cancel));
        await Store().DeleteAsync(_org, webhook.Id, states: null, Cancel);
        Assert.Null(await SendAsync(webhook.Id));
        Assert.Empty(receiver.Requests);
        Assert.Equal(0, await CountAsync());
    }

    [Fact]
    public async Task The_delivery_is_stored_and_claimed_before_it_is_sent()
    {
        var seen = new TaskCompletionSource<(long Stored, int Claimable)>();
        await using var receiver = await Receiver.StartAsync(async (_, context) =>
        {
            var stored = await QueryAsync<long>("SELECT count(*) FROM webhook_deliveries WHERE status = 'pending' AND test");
            seen.SetResult((stored, (await Deliveries.ClaimDueAsync(10, TimeSpan.FromMinutes(1), Cancel)).Count));
            context.Response.StatusCode = StatusCodes.Status200OK;
        });
        var webhook = await CreateAsync(receiver, "*");

        Assert.Equal(DeliveryStatus.Succeeded, (await SendAsync(webhook.Id))?.Summary.Status);
        Assert.Equal((1, 0), await seen.Task);
    }

    [Fact]
    public async Task A_test_whose_process_ended_is_attempted_by_whoever_claims_it()
    {
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        await using var receiver = await Receiver.StartAsync(async (_, context) =>
        {
            await gone.CancelAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        });
        var webhook = await CreateAsync(receiver, "*");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => TestDelivery().SendAsync(_org, webhook.Id, null, data: null, gone.Token));

        Assert.Empty(await Deliveries.ClaimDueAsync(10, TimeSpan.FromMinutes(1), Cancel));
        await ExecuteAsync("UPDATE webhook_deliveries SET lease_until = now()");
        var claim = Assert.Single(await Deliveries.ClaimDueAsync(10, TimeSpan.FromMinutes(1), Cancel));
        Assert.True(claim.Test);
        Assert.Equal(0, claim.AttemptsMade);
    }

    [Fact]
    public async Task When_the_secret_cannot_be_decrypted_nothing_is_sent_now_or_later()
    {
        await using var receiver = await Receiver.StartAsync();
        var webhook = await CreateAsync(receiver, "*");
        _keys.Available = false;
        await Assert.ThrowsAsync<SecretUnavailableException>(() => SendAsync(webhook.Id));
        Assert.Empty(receiver.Requests);
        Assert.Equal(0, await CountAsync());
    }

    [Fact]
    public async Task When_the_transform_does_not_get_its_turn_nothing_is_sent_now_or_later()
    {
        await using var receiver = await Receiver.StartAsync();
        var webhook = await CreateAsync(receiver, "*");
        await ExecuteAsync("UPDATE webhooks SET transform = 'function handler(w) { return w; }', transform_id = gen_random_uuid()");
        _runner = ImpatientTransforms.Create();
        await Assert.ThrowsAsync<TransformsBusyException>(() => SendAsync(webhook.Id));
        Assert.Empty(receiver.Requests);
        Assert.Equal(0, await CountAsync());
    }

    [Fact]
    public async Task What_an_internal_name_resolves_to_is_in_the_operators_log_and_nowhere_else()
    {
        var webhook = await CreateAsync("http://db.internal.example/hook", "*");
        _sender = new WebhookSender(
            _options, (_, _) => Task.FromResult<System.Net.IPAddress[]>([System.Net.IPAddress.Parse("10.20.30.40")]));

        var detail = Required(await SendAsync(webhook.Id));

        Assert.Equal(SendError.DnsError, detail.Summary.Error);
        Assert.Equal(
            "db.internal.example resolves to 10.20.30.40, where webhooks may not be sent",
            Assert.Single(_log.Lines).Text.Split(" ms, ")[1].TrimEnd());
        Assert.Contains($"webhook {webhook.Id} ", _log.Lines.Single().Text, StringComparison.Ordinal);
        Assert.Equal(0, await QueryAsync<long>("SELECT count(*) FROM webhook_deliveries d WHERE d::text LIKE '%10.20.30.40%'"));
    }

    public override async ValueTask DisposeAsync()
    {
        _sender?.Dispose();
        _signers?.Dispose();
        _headers?.Dispose();
        _transforms?.Dispose();
        _runner?.Dispose();
        _metrics.Dispose();
        _logs.Dispose();
        await base.DisposeAsync();
    }

    private Task<DeliveryDetail?> SendAsync(Guid webhook, string? eventType = null) =>
        TestDelivery().SendAsync(_org, webhook, eventType, data: null, Cancel);

    private TestDelivery TestDelivery()
    {
        _sender ??= new WebhookSender(_options);
        _signers ??= new WebhookSigners(new SecretProtector(_keys), TimeProvider.System);
        _runner ??= new TransformRunner(_options);
        _transforms ??= new DeliveryTransforms(Database, _runner, TimeProvider.System);
        _headers ??= new OwnHeaders(new SecretProtector(_keys), TimeProvider.System);
        var attempter = new DeliveryAttempter(
            _sender,
            _signers,
            _headers,
            _transforms,
            _metrics,
            Tracing,
            _options,
            TimeProvider.System,
            new Logger<DeliveryAttempter>(_logs));
        return new TestDelivery(
            Database, Deliveries, attempter, History, Announcement, BuiltInEventTypes.Known, _options, TimeProvider.System);
    }

    private WebhookStore Store() => new(Database, new SecretProtector(_keys), new KeyedRequests(Database), Probes, Unpulled, _options);

    private Task<Webhook> CreateAsync(Receiver receiver, params string[] events) => CreateAsync(receiver.Url + "/hook", events);

    private async Task<Webhook> CreateAsync(string url, params string[] events)
    {
        var webhook = new NewWebhook(url, events, Active: true, Description: null);
        return Assert.IsType<WebhookCreation.Created>(await Store().CreateAsync(_org, webhook, key: null, Cancel)).Webhook;
    }

    private Task<long> CountAsync() => QueryAsync<long>("SELECT count(*) FROM webhook_deliveries");
}
