using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Webhooks.Core.Deliveries;
using Webhooks.Core.Signals;
using Webhooks.Core.Telemetry;
using Webhooks.Core.Tests.Postgres;
using Webhooks.Testing;

namespace Webhooks.Core.Tests.Signals;

public sealed class SignalPublisherTests : DatabaseTest
{
    private readonly Guid _org = Guid.NewGuid();
    private readonly WebhooksMetrics _metrics = new(TimeProvider.System);
    private readonly Dispatched _dispatched = new();
    private readonly LogLines<SignalPublisher> _log = new();

    public override async ValueTask DisposeAsync()
    {
        _metrics.Dispose();
        await base.DisposeAsync();
    }

    [Fact]
    public async Task A_rotation_is_told_to_the_organizations_webhooks_that_name_it_and_to_no_others()
    {
        var rotated = await AddWebhookAsync(_org, "user.created");
        var watcher = await AddWebhookAsync(_org, "user.created", "secret.rotated");
        await AddWebhookAsync(_org, "*");
        await AddWebhookAsync(Guid.NewGuid(), "secret.rotated");
        var inactive = await AddWebhookAsync(_org, "secret.rotated");
        await ExecuteAsync("UPDATE webhooks SET active = false WHERE id = $1", inactive);

        await RotateAsync(rotated);
        await Signals().RunAsync(Cancel);

        var delivery = Assert.Single(await DeliveriesAsync());
        Assert.Equal((watcher, "secret.rotated", "pending"), (delivery.Webhook, delivery.Event, delivery.Status));
        Assert.Equal(rotated, delivery.About);
        Assert.EndsWith("Z", delivery.Data["previous_secret_expires_at"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(7, delivery.EventId.Version);
        Assert.Equal([delivery.Id], _dispatched.Ids);
    }

    [Fact]
    public async Task A_webhook_that_gets_CloudEvents_is_told_in_that_form()
    {
        var rotated = await AddWebhookAsync(_org, "user.created");
        var watcher = await AddWebhookAsync(_org, "secret.rotated");
        await ExecuteAsync("UPDATE webhooks SET payload_format = 'cloudevents' WHERE id = $1", watcher);

        await RotateAsync(rotated);
        await Signals().RunAsync(Cancel);

        var payload = JsonNode.Parse(await QueryAsync<string>("SELECT payload::text FROM webhook_deliveries"))!;
        Assert.Equal("secret.rotated", (string?)payload["type"]);
        Assert.Equal($"/organizations/{_org}", (string?)payload["source"]);
        Assert.Equal(rotated.ToString(), (string?)payload["data"]!["webhook_id"]);
        Assert.Equal(await QueryAsync<Guid>("SELECT event_id FROM webhook_deliveries"), payload["id"]!.GetValue<Guid>());
    }

    [Fact]
    public async Task A_webhook_is_never_told_about_itself()
    {
        var webhook = await AddWebhookAsync(_org, "*", "secret.rotated", "webhook.disabled", "webhook.enabled");

        await RotateAsync(webhook);
        await ExecuteAsync("UPDATE webhooks SET active = false");
        await ExecuteAsync("UPDATE webhooks SET active = true");
        await Signals().RunAsync(Cancel);

        Assert.Empty(await DeliveriesAsync());
    }

    [Fact]
    public async Task That_a_webhook_is_disabled_and_enabled_is_told_once_each_and_a_deletion_is_not()
    {
        var webhook = await AddWebhookAsync(_org);
        await AddWebhookAsync(_org, "webhook.disabled", "webhook.enabled");

        foreach (var active in (bool[])[true, false, false, true, true])
        {
            await ExecuteAsync("UPDATE webhooks SET active = $2, description = 'changed' WHERE id = $1", webhook, active);
        }

        await ExecuteAsync("UPDATE webhooks SET active = false, secret = NULL, deleted_at = now() WHERE id = $1", webhook);
        await Signals().RunAsync(Cancel);

        var deliveries = (await DeliveriesAsync()).OrderBy(delivery => delivery.Event, StringComparer.Ordinal).ToList();
        Assert.Equal(["webhook.disabled", "webhook.enabled"], deliveries.Select(delivery => delivery.Event));
        Assert.Equal("manual", deliveries[0].Data["reason"]!.GetValue<string>());
        Assert.All(deliveries, delivery => Assert.Equal(webhook, delivery.About));
    }

    [Fact]
    public async Task What_a_transaction_causes_and_undoes_is_not_told()
    {
        var webhook = await AddWebhookAsync(_org);
        await AddWebhookAsync(_org, "webhook.disabled");
        await using (var connection = await Database.OpenConnectionAsync(Cancel))
        await using (var transaction = await connection.BeginTransactionAsync(Cancel))
        {
            await using var command = new NpgsqlCommand("UPDATE webhooks SET active = false WHERE id = $1", connection);
            command.Parameters.Add(new NpgsqlParameter { Value = webhook });
            await command.ExecuteNonQueryAsync(Cancel);
            await transaction.RollbackAsync(Cancel);
        }

        await Signals().RunAsync(Cancel);

        Assert.Empty(await DeliveriesAsync());
    }

    [Fact]
    public async Task Of_many_who_publish_at_once_one_makes_each_delivery()
    {
        var webhooks = new List<Guid>();
        for (var count = 0; count < 50; count++)
        {
            webhooks.Add(await AddWebhookAsync(_org));
        }

        await AddWebhookAsync(_org, "secret.rotated");
        await ExecuteAsync("UPDATE webhooks SET rotated_at = now()");

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Signals().RunAsync(Cancel)));
        await Signals().RunAsync(Cancel);

        var deliveries = await DeliveriesAsync();
        Assert.Equal(webhooks.Order(), deliveries.Select(delivery => delivery.About).Order());
        Assert.Equal(deliveries.Select(delivery => delivery.Id).Order(), _dispatched.Ids.Order());
        Assert.Equal(0, await QueryAsync<long>("SELECT count(*) FROM webhook_signals WHERE published_at IS NULL"));
        Assert.Equal(51, _log.Lines.Count);
    }

    [Fact]
    public async Task A_publishing_that_fails_leaves_everything_to_the_next_one()
    {
        var webhook = await AddWebhookAsync(_org);
        await AddWebhookAsync(_org, "secret.rotated");
        await RotateAsync(webhook);
        await ExecuteAsync("ALTER TABLE webhook_deliveries ADD CONSTRAINT no_more CHECK (event <> 'secret.rotated') NOT VALID");
        await Assert.ThrowsAsync<PostgresException>(() => Signals().RunAsync(Cancel));
        await ExecuteAsync("ALTER TABLE webhook_deliveries DROP CONSTRAINT no_more");

        await Signals().RunAsync(Cancel);

        Assert.Single(await DeliveriesAsync());
    }

    [Fact]
    public async Task Each_is_a_count_and_a_line_of_the_log_also_when_nobody_is_told()
    {
        using var recorder = new MeasurementRecorder(_metrics);
        var webhook = await AddWebhookAsync(_org);

        await RotateAsync(webhook);
        await Signals().RunAsync(Cancel);

        Assert.Equal([new Measured(1, "event=secret.rotated")], recorder.Of("webhooks.operational_events"));
        var line = Assert.Single(_log.Lines);
        Assert.Contains($"secret.rotated about webhook {webhook} of organization {_org}: 0 deliveries", line, StringComparison.Ordinal);
    }

    private SignalPublisher Signals() => new(
        Database, new DeliveryAnnouncement(Database, NullLogger<DeliveryAnnouncement>.Instance), _dispatched, _metrics, _log);

    private Task<int> RotateAsync(Guid webhook) => ExecuteAsync(
        """
        UPDATE webhooks SET rotated_at = now(), previous_secret = secret, previous_secret_expires_at = now() + interval '1 hour'
        WHERE id = $1
        """,
        webhook);

    private async Task<IReadOnlyList<Told>> DeliveriesAsync()
    {
        await using var command = Database.CreateCommand(
            "SELECT id, webhook_id, event_id, event, status, (payload->'data')::text FROM webhook_deliveries ORDER BY id");
        await using var reader = await command.ExecuteReaderAsync(Cancel);
        var deliveries = new List<Told>();
        while (await reader.ReadAsync(Cancel))
        {
            deliveries.Add(new Told(
                reader.GetGuid(0),
                reader.GetGuid(1),
                reader.GetGuid(2),
                reader.GetString(3),
                reader.GetString(4),
                JsonNode.Parse(reader.GetString(5))!.AsObject()));
        }

        return deliveries;
    }

    private sealed record Told(Guid Id, Guid Webhook, Guid EventId, string Event, string Status, JsonObject Data)
    {
        public Guid About => Data["webhook_id"]!.GetValue<Guid>();
    }

    private sealed class Dispatched : IDeliveryDispatch
    {
        private readonly ConcurrentQueue<Guid> _ids = [];

        public IReadOnlyCollection<Guid> Ids => _ids;

        public Task DispatchAsync(IReadOnlyCollection<Guid> deliveries, CancellationToken cancellationToken)
        {
            foreach (var id in deliveries)
            {
                _ids.Enqueue(id);
            }

            return Task.CompletedTask;
        }
    }
}
