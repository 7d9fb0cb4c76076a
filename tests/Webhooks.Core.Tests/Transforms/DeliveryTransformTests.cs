using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Webhooks.Core.Deliveries;
using Webhooks.Core.Idempotency;
using Webhooks.Core.Redaction;
using Webhooks.Core.Secrets;
using Webhooks.Core.Sending;
using Webhooks.Core.Tests.Postgres;
using Webhooks.Core.Transforms;
using Webhooks.Core.Webhooks;
using Webhooks.Testing;

namespace Webhooks.Core.Tests.Transforms;

/// <summary>Deliveries to webhooks with a transform, from their claim to what is recorded of them.</summary>
public sealed class DeliveryTransformTests : DatabaseTest
{
    private const string Greeting = """
        function handler(webhook) {
            webhook.headers["X-Kind"] = webhook.event;
            return {...webhook, payload: {text: `Hello ${webhook.payload.data.name}`}};
        }
        """;

    private static readonly TimeSpan _lease = TimeSpan.FromMinutes(1);

    private readonly Guid _org = Guid.NewGuid();
    private readonly SecretProtector _secrets = new(new SwitchableKeyRing());
    private readonly WebhooksOptions _options = new()
    {
        RequireHttps = false,
        AllowedNetworks = [System.Net.IPNetwork.Parse("127.0.0.0/8")],
    };

    private WebhookSender _sender = null!;
    private WebhookSigners _signers = null!;
    private OwnHeaders _headers = null!;
    private TransformRunner _runner = null!;
    private DeliveryTransforms _transforms = null!;
    private Receiver _receiver = null!;
    private int _status = 500;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _receiver = await Receiver.StartAsync(_ => _status);
        _sender = new WebhookSender(_options);
        _signers = new WebhookSigners(_secrets, TimeProvider.System);
        _headers = new OwnHeaders(_secrets, TimeProvider.System);
        _runner = new TransformRunner(_options);
        _transforms = new DeliveryTransforms(Database, _runner, TimeProvider.System);
    }

    public override async ValueTask DisposeAsync()
    {
        _transforms.Dispose();
        _runner.Dispose();
        _headers.Dispose();
        _signers.Dispose();
        _sender.Dispose();
        await _receiver.DisposeAsync();
        await base.DisposeAsync();
    }

    [Fact]
    public async Task What_a_transform_made_is_sent_at_each_attempt_whatever_becomes_of_the_transform()
    {
        var (webhook, secret) = await CreateAsync(Greeting, headers: new() { ["x-kind"] = "own", ["X-Key"] = "own" });
        var delivery = await PublishAsync(_org, data: """{"name":"Ada"}""");
        await AttemptAsync();
        await SetAsync(webhook, "function handler(w) { return {payload: {other: true}}; }");
        await AttemptAsync();
        await SetAsync(webhook, null);
        _status = 200;
        await AttemptAsync();

        Assert.Equal(3, _receiver.Requests.Count);
        Assert.All(_receiver.Requests, request =>
        {
            Assert.Equal("""{"text":"Hello Ada"}""", request.Text);
            Assert.Equal(["user.created"], request.Header("X-Kind")!.Split(','));
            Assert.Equal("own", request.Header("X-Key"));
            Assert.Equal("application/json; charset=utf-8", request.Header("Content-Type"));
        });
        var detail = await FindAsync(webhook, delivery);
        Assert.Equal(DeliveryStatus.Succeeded, detail.Summary.Status);
        Assert.Equal(3, detail.Summary.AttemptNumber);
        Assert.Equal("Ada", JsonElement.Parse(detail.Payload!).GetProperty("data").GetProperty("name").GetString());
        Assert.Equal("""{"X-Kind": "user.created"}""", detail.SentHeaders);
        var signature = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(detail.SentBody!));
        Assert.All(_receiver.Requests, request =>
            Assert.Equal(Convert.ToHexStringLower(signature), request.Header("X-Webhook-Signature")));
    }

    [Fact]
    public async Task An_attempt_that_nobody_recorded_is_followed_by_one_with_the_same_bytes()
    {
        var (webhook, _) = await CreateAsync(Greeting);
        await PublishAsync(_org, data: """{"name":"Ada"}""");
        await Attempter.AttemptAsync(await ClaimAsync(), Cancel);
        await SetAsync(webhook, "function handler(w) { return {cancel: true}; }");

        await AttemptAsync();

        Assert.Equal(2, _receiver.Requests.Count);
        Assert.Single(_receiver.Requests.Select(request => request.Text).Distinct());
    }

    [Fact]
    public async Task Many_deliveries_that_want_their_transform_at_once_take_few_connections()
    {
        const int Many = 40;
        await CreateAsync(Greeting);
        for (var number = 0; number < Many; number++)
        {
            await PublishAsync(_org, data: """{"name":"Ada"}""");
        }

        await using var database = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(DatabaseConnectionString) { ApplicationName = nameof(DeliveryTransformTests) });
        using var transforms = new DeliveryTransforms(database, _runner, TimeProvider.System);
        var deliveries = await Deliveries.ClaimDueAsync(Many, _lease, Cancel);

        var transformed = await Task.WhenAll(deliveries.Select(delivery => transforms.RunAsync(delivery, Cancel)));

        Assert.Equal(Many, transformed.Length);
        Assert.All(transformed, made => Assert.Equal("""{"text":"Hello Ada"}""", Encoding.UTF8.GetString(made.Delivery.Body.Span)));
        await using var connections = Database.CreateCommand(
            $"SELECT count(*) FROM pg_stat_activity WHERE application_name = '{nameof(DeliveryTransformTests)}'");
        Assert.InRange((long)(await connections.ExecuteScalarAsync(Cancel))!, 1, DeliveryTransforms.StatementsAtOnce);
    }

    [Fact]
    public async Task Attempts_without_a_transform_are_followed_by_others_without()
    {
        var (webhook, _) = await CreateAsync(null);
        await PublishAsync(_org, data: """{"name":"Ada"}""");
        await AttemptAsync();
        await SetAsync(webhook, Greeting);

        await AttemptAsync();

        Assert.Equal(2, _receiver.Requests.Count);
        Assert.Single(_receiver.Requests.Select(request => request.Text).Distinct());
    }

    [Fact]
    public async Task A_script_that_fails_fails_the_delivery_without_an_attempt_and_says_where()
    {
        var (webhook, _) = await CreateAsync("function handler(w) {\n  return w.none.of.it;\n}");
        var delivery = await PublishAsync(_org);

        var result = await AttemptAsync();

        Assert.Null(result.Attempt);
        Assert.Empty(_receiver.Requests);
        var detail = await FindAsync(webhook, delivery);
        Assert.Equal(DeliveryStatus.Failed, detail.Summary.Status);
        Assert.Equal("transform_failed", detail.Summary.Error);
        Assert.Equal(0, detail.Summary.AttemptNumber);
        Assert.Empty(detail.Attempts);
        Assert.StartsWith("Line 2: Cannot read", detail.TransformError, StringComparison.Ordinal);
        Assert.Null(detail.SentBody);
        Assert.Equal(
            ["pending", "failed"],
            (await QueryAllAsync<string>("SELECT unnest(outcomes) FROM webhook_statistics_changes ORDER BY at"))
                .Select(outcome => outcome == "made" ? "pending" : outcome));
        Assert.Equal(0, await QueryAsync<int>("SELECT consecutive_failures FROM webhook_health"));
    }

    [Fact]
    public async Task A_script_that_cancels_cancels_the_delivery_and_the_reason_is_told()
    {
        var (webhook, _) = await CreateAsync("function handler(w) { return {cancel: w.event === 'user.created'}; }");
        var delivery = await PublishAsync(_org);

        await AttemptAsync();

        Assert.Empty(_receiver.Requests);
        var detail = await FindAsync(webhook, delivery);
        Assert.Equal(DeliveryStatus.Canceled, detail.Summary.Status);
        Assert.Equal("transform_canceled", detail.Summary.Error);
        Assert.Null(detail.TransformError);
    }

    [Fact]
    public async Task Nothing_is_sent_of_a_claim_that_was_lost_while_the_script_ran()
    {
        await CreateAsync(Greeting);
        await PublishAsync(_org, data: """{"name":"Ada"}""");
        var lost = await ClaimAsync();
        await ExecuteAsync("UPDATE webhook_deliveries SET lease_token = gen_random_uuid()");

        var result = await Attempter.AttemptAsync(lost, Cancel);

        Assert.Empty(_receiver.Requests);
        Assert.Empty((await Deliveries.RecordAsync([result], Cancel)).Ids);
        Assert.Equal(0L, await QueryAsync<long>("SELECT count(sent_body) FROM webhook_deliveries"));
    }

    [Fact]
    public async Task What_was_sent_is_erased_with_the_payload()
    {
        var (webhook, _) = await CreateAsync(Greeting);
        var delivery = await PublishAsync(_org, data: """{"name":"Ada"}""");
        await AttemptAsync();
        await ExecuteAsync("UPDATE webhook_deliveries SET transform_error = 'Ada'");

        Assert.True(await new Redactions(Database).RedactAsync(_org, webhook, delivery, Cancel));

        var row = await QueryAsync<string>("SELECT webhook_deliveries::text FROM webhook_deliveries");
        Assert.DoesNotContain("Ada", row, StringComparison.Ordinal);
        var detail = await FindAsync(webhook, delivery);
        Assert.Null(detail.SentBody);
        Assert.Null(detail.SentHeaders);
        Assert.Null(detail.TransformError);
    }

    [Theory]
    [InlineData("return w;", "application/cloudevents+json")]
    [InlineData("return {payload: {id: 'x', text: 'no event'}};", "application/json; charset=utf-8")]
    public async Task A_transform_gets_the_payload_in_the_form_of_the_webhook(string body, string contentType)
    {
        await CreateAsync($"function handler(w) {{ w.payload.data.type = w.payload.type; {body} }}", format: PayloadFormat.CloudEvents);
        await PublishAsync(_org);

        await AttemptAsync();

        var request = Assert.Single(_receiver.Requests);
        Assert.Equal(contentType, request.Header("Content-Type"));
        if (request.Text.Contains("specversion", StringComparison.Ordinal))
        {
            Assert.Equal("user.created", JsonElement.Parse(request.Text).GetProperty("data").GetProperty("type").GetString());
        }
    }

    [Fact]
    public async Task A_claim_that_is_stored_as_this_process_has_room_for_it_is_transformed_as_well()
    {
        var (_, _) = await CreateAsync(Greeting);
        var intake = new RecordingIntake();
        await PublisherOn(Database, intake: intake).PublishAsync([Message(_org, data: """{"name":"Ada"}""")], Cancel);

        await Attempter.AttemptAsync(Assert.Single(intake.Claims), Cancel);

        Assert.Equal("""{"text":"Hello Ada"}""", Assert.Single(_receiver.Requests).Text);
    }

    [Fact]
    public async Task A_test_is_transformed_as_well()
    {
        var (webhook, _) = await CreateAsync("function handler(w) { return {payload: {kind: w.event}}; }");
        var tests = new TestDelivery(
            Database, Deliveries, Attempter, History, Announcement, BuiltInEventTypes.Known, _options, TimeProvider.System);

        var detail = Required(await tests.SendAsync(_org, webhook, "invoice.paid", data: null, Cancel));

        Assert.Equal("""{"kind":"invoice.paid"}""", Assert.Single(_receiver.Requests).Text);
        Assert.Equal("""{"kind":"invoice.paid"}""", detail.SentBody);
    }

    private DeliveryAttempter Attempter => new(
        _sender, _signers, _headers, _transforms, Metrics, Tracing, _options, TimeProvider.System, NullLogger<DeliveryAttempter>.Instance);

    private WebhookStore Store => new(Database, _secrets, new KeyedRequests(Database), Probes, Unpulled, _options);

    private async Task<(Guid Webhook, string Secret)> CreateAsync(
        string? transform, Dictionary<string, string>? headers = null, string format = PayloadFormat.Standard)
    {
        var webhook = new NewWebhook(
            _receiver.Url + "/hook",
            ["*"],
            Active: true,
            Description: null,
            PayloadFormat: format,
            Headers: headers,
            Transform: transform);
        var created = Assert.IsType<WebhookCreation.Created>(await Store.CreateAsync(_org, webhook, key: null, Cancel));
        Assert.Equal(transform, created.Webhook.Transform);
        return (created.Webhook.Id, created.Secret);
    }

    private Task<Webhook?> SetAsync(Guid webhook, string? transform) => Store.UpdateAsync(
        _org, webhook, new WebhookChanges(Transform: new NewValue<string?>(transform)), states: null, Cancel);

    /// <summary>Claims the only delivery, whatever it waits for.</summary>
    private async Task<ClaimedDelivery> ClaimAsync()
    {
        await ExecuteAsync("UPDATE webhook_deliveries SET next_attempt_at = now(), lease_until = NULL, lease_token = NULL");
        return Assert.Single(await Deliveries.ClaimDueAsync(10, _lease, Cancel));
    }

    private async Task<DeliveryResult> AttemptAsync()
    {
        var result = await Attempter.AttemptAsync(await ClaimAsync(), Cancel);
        Assert.Single((await Deliveries.RecordAsync([result], Cancel)).Ids);
        return result;
    }

    private async Task<DeliveryDetail> FindAsync(Guid webhook, Guid delivery) =>
        Required(await History.FindAsync(_org, webhook, delivery, Cancel));

    private sealed class RecordingIntake : IDeliveryIntake
    {
        public IReadOnlyList<ClaimedDelivery> Claims { get; private set; } = [];

        public IntakeReservation Reserve(int most) => new(most, _lease, TimeSpan.Zero);

        public ValueTask TakeAsync(IntakeReservation reservation, IReadOnlyList<ClaimedDelivery> claims)
        {
            Claims = claims;
            return ValueTask.CompletedTask;
        }
    }
}
