using Npgsql;
using Webhooks.Core.Deliveries;
using Webhooks.Core.Tests.Postgres;

namespace Webhooks.Core.Tests.Events;

/// <summary>Events that come while a webhook is inactive.</summary>
public sealed class SkippedDeliveryTests : DatabaseTest
{
    private static readonly TimeSpan _lease = TimeSpan.FromMinutes(3);
    private static readonly string _large = $"\"{new string('x', 45_000)}\"";

    private readonly Guid _org = Guid.NewGuid();

    [Fact]
    public async Task An_event_for_an_inactive_webhook_is_kept_with_what_would_be_sent_and_is_no_work()
    {
        var webhook = await AddWebhookAsync(_org, active: false);
        await using var listening = await Database.OpenConnectionAsync(Cancel);
        var told = 0;
        listening.Notification += (_, _) => told++;
        await new NpgsqlCommand("LISTEN webhook_deliveries", listening).ExecuteNonQueryAsync(Cancel);

        var published = Assert.Single(await Publisher.PublishAsync([Message(_org, data: """{"b":1,"a":"é"}""")], Cancel));

        Assert.Equal(0, published.Deliveries);
        Assert.Empty(published.NewDeliveries);
        var kept = Assert.Single(Required(await History.ListAsync(_org, webhook, new DeliveryFilter(), 10, null, Cancel)).Items);
        Assert.Equal(DeliveryStatus.Skipped, kept.Status);
        Assert.Equal(published.Id, kept.EventId);
        Assert.Equal(0, kept.AttemptNumber);
        Assert.Null(kept.NextAttemptAt);
        var detail = Required(await History.FindAsync(_org, webhook, kept.Id, Cancel));
        Assert.Contains($"\"webhook_id\": \"{webhook}\"", detail.Payload, StringComparison.Ordinal);
        Assert.Contains("""{"a": "é", "b": 1}""", detail.Payload, StringComparison.Ordinal);
        Assert.Empty(await Deliveries.ClaimDueAsync(10, _lease, Cancel));
        Assert.Null(await Deliveries.ClaimAsync(kept.Id, _lease, Cancel));
        Assert.Empty(await Deliveries.ClaimForWebhooksAsync(new Dictionary<Guid, int> { [webhook] = 10 }, _lease, Cancel));
        await new NpgsqlCommand("SELECT 1", listening).ExecuteNonQueryAsync(Cancel);
        Assert.Equal(0, told);
    }

    [Fact]
    public async Task Skipped_deliveries_are_not_counted_returned_or_claimed_and_take_nobodys_room()
    {
        Guid[] active = [await AddWebhookAsync(_org), await AddWebhookAsync(_org)];
        for (var count = 0; count < 20; count++)
        {
            await AddWebhookAsync(_org, active: false);
        }

        var intake = new RoomFor(2);
        using var publisher = PublisherOn(Database, intake: intake);
        var published = Assert.Single(await publisher.PublishAsync([Message(_org)], Cancel));

        Assert.Equal(2, published.Deliveries);
        Assert.Equal(active.Order(), intake.Claims.Select(claim => claim.WebhookId).Order());
        Assert.Equal(published.NewDeliveries.Order(), intake.Claims.Select(claim => claim.Id).Order());
        Assert.Equal(20, await CountSkippedAsync());
    }

    [Fact]
    public async Task Nothing_is_kept_for_webhooks_that_want_nothing_kept_are_deleted_or_did_not_ask_for_the_event()
    {
        var indifferent = await AddWebhookAsync(_org, active: false);
        await ExecuteAsync("UPDATE webhooks SET keep_skipped = false WHERE id = $1", indifferent);
        var deleted = await AddWebhookAsync(_org, active: false);
        await ExecuteAsync("UPDATE webhooks SET deleted_at = now(), secret = NULL WHERE id = $1", deleted);
        await ExecuteAsync("UPDATE webhooks SET active = false WHERE id = $1", await AddWebhookAsync(_org, "invoice.paid"));
        await AddWebhookAsync(Guid.NewGuid(), active: false);

        var small = Assert.Single(await Publisher.PublishAsync([Message(_org)], Cancel));
        var large = await Publisher.PublishEach([Message(_org, data: _large, key: "a") with { MayBeStored = true }], Cancel)[0].Published;

        Assert.Equal([0, 0], [small.Deliveries, large.Deliveries]);
        Assert.Equal(0, await QueryAsync<long>("SELECT count(*) FROM webhook_deliveries"));
    }

    [Theory]
    [InlineData("key", false)]
    [InlineData("id", false)]
    [InlineData("own id", false)]
    [InlineData("key", true)]
    [InlineData("id", true)]
    [InlineData("own id", true)]
    public async Task An_event_that_is_published_again_after_the_webhook_was_activated_leaves_what_was_skipped(string name, bool inParts)
    {
        var webhook = await AddWebhookAsync(_org, active: false);
        var id = Guid.CreateVersion7();
        var message = name switch
        {
            "key" => Message(_org, key: "order-17"),
            "id" => Message(_org, key: id.ToString()),
            _ => Message(_org) with { OwnId = id },
        };
        var first = await Publisher.PublishEach([message with { MayBeStored = inParts }], Cancel)[0].Published;
        var before = await QueryAsync<string>("SELECT webhook_deliveries::text FROM webhook_deliveries");
        await ExecuteAsync("UPDATE webhooks SET active = true WHERE id = $1", webhook);

        var again = await Publisher.PublishEach([message with { MayBeStored = inParts }], Cancel)[0].Published;

        Assert.Equal(first.Id, again.Id);
        Assert.Empty(again.NewDeliveries);
        Assert.Equal(before, await QueryAsync<string>("SELECT webhook_deliveries::text FROM webhook_deliveries"));
        Assert.Contains(",skipped,", before, StringComparison.Ordinal);
        if (name != "own id")
        {
            Assert.Equal(0, again.Deliveries);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_large_event_is_kept_for_inactive_webhooks_in_parts_of_the_same_size(bool together)
    {
        await AddManyAsync(active: 100, inactive: 200);
        var message = Message(_org, data: _large, key: "a");

        var published = together
            ? Assert.Single(await Publisher.PublishAsync([message], Cancel))
            : await Publisher.PublishEach([message], Cancel)[0].Published;

        Assert.Equal(100, published.Deliveries);
        Assert.Equal(100, published.NewDeliveries.Count);
        Assert.Equal(100, await QueryAsync<int>("SELECT deliveries FROM event_keys"));
        Assert.Equal(200, await CountSkippedAsync());
        Assert.Equal(
            published.NewDeliveries.Order(),
            await QueryAllAsync<Guid>("SELECT id FROM webhook_deliveries WHERE status = 'pending' ORDER BY id"));
        var parts = await QueryAllAsync<int>("SELECT count(*)::int FROM webhook_deliveries GROUP BY xmin::text");
        Assert.True(together ? parts.Count == 1 : parts.Count >= 4, $"{parts.Count} parts");
        Assert.True(together || parts.All(rows => rows * _large.Length <= 4 * 1024 * 1024), string.Join(' ', parts));
    }

    [Fact]
    public async Task A_large_event_that_ended_between_two_parts_is_completed_for_inactive_webhooks_too()
    {
        await AddManyAsync(active: 150, inactive: 150);
        await ExecuteAsync(
            """
            CREATE FUNCTION on_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                IF (SELECT count(*) FROM webhook_deliveries) > 150 THEN RAISE EXCEPTION 'gone' USING ERRCODE = '57P01'; END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER on_insert BEFORE INSERT ON webhook_deliveries FOR EACH ROW EXECUTE FUNCTION on_insert();
            """);
        var message = Message(_org, data: _large, key: "a");
        await Assert.ThrowsAsync<PostgresException>(() => Publisher.PublishEach([message], Cancel)[0].Published);
        await ExecuteAsync("DROP TRIGGER on_insert ON webhook_deliveries");

        var again = await Publisher.PublishEach([message], Cancel)[0].Published;

        Assert.Equal(150, again.Deliveries);
        Assert.Equal(150, await CountSkippedAsync());
        Assert.Equal(300, await QueryAsync<long>("SELECT count(DISTINCT webhook_id) FROM webhook_deliveries"));
    }

    [Fact]
    public async Task A_pending_delivery_whose_webhook_is_deactivated_is_canceled_and_what_was_skipped_stays_so()
    {
        var webhook = await AddWebhookAsync(_org, active: false);
        await Publisher.PublishAsync([Message(_org)], Cancel);
        await ExecuteAsync("UPDATE webhooks SET active = true");
        var pending = await PublishAsync(_org);
        var claim = Required(await Deliveries.ClaimAsync(pending, _lease, Cancel));
        await ExecuteAsync("UPDATE webhooks SET active = false");

        await Deliveries.RecordAsync([new DeliveryResult(claim, Attempt: null, new NextStep.Canceled())], Cancel);

        var page = Required(await History.ListAsync(_org, webhook, new DeliveryFilter(), 10, null, Cancel));
        Assert.Equal([DeliveryStatus.Canceled, DeliveryStatus.Skipped], page.Items.Select(delivery => delivery.Status));
    }

    [Fact]
    public async Task A_server_that_knows_of_no_skipped_deliveries_still_publishes_claims_and_records()
    {
        var webhook = await AddWebhookAsync(_org);
        var id = Guid.CreateVersion7();

        // The column list of older servers.
        await ExecuteAsync(
            """
            INSERT INTO webhook_deliveries (id, webhook_id, org_id, event, event_id, payload, trace_parent, next_attempt_at)
            VALUES ($1, $2, $3, 'user.created', $1, '{}', NULL, now())
            """,
            id, webhook, _org);
        await ExecuteAsync(
            "INSERT INTO webhooks (id, org_id, url, events, secret, active) VALUES ($1, $2, 'https://example.com/', '{*}', 's', false)",
            Guid.CreateVersion7(), _org);

        Assert.Equal("pending", await QueryAsync<string>("SELECT status FROM webhook_deliveries"));
        Assert.True(await QueryAsync<bool>("SELECT bool_and(keep_skipped) FROM webhooks"));
    }

    private async Task<Guid> AddWebhookAsync(Guid orgId, bool active)
    {
        var webhook = await AddWebhookAsync(orgId);
        await ExecuteAsync("UPDATE webhooks SET active = $2 WHERE id = $1", webhook, active);
        return webhook;
    }

    private async Task AddManyAsync(int active, int inactive)
    {
        await ExecuteAsync("INSERT INTO organizations (id) VALUES ($1)", _org);
        await ExecuteAsync(
            """
            INSERT INTO webhooks (id, org_id, url, events, secret, active)
            SELECT gen_random_uuid(), $1, 'https://example.com/hook', '{*}', 'encrypted', number <= $2
            FROM generate_series(1, $2 + $3) AS number
            """,
            _org, active, inactive);
    }

    private Task<long> CountSkippedAsync() => QueryAsync<long>(
        """
        SELECT count(*) FROM webhook_deliveries
        WHERE status = 'skipped' AND next_attempt_at IS NULL AND lease_until IS NULL AND lease_token IS NULL
        """);

    private sealed class RoomFor(int deliveries) : IDeliveryIntake
    {
        public List<ClaimedDelivery> Claims { get; } = [];

        public IntakeReservation Reserve(int most) => new(deliveries, _lease, TimeSpan.Zero);

        public ValueTask TakeAsync(IntakeReservation reservation, IReadOnlyList<ClaimedDelivery> claims)
        {
            Claims.AddRange(claims);
            return ValueTask.CompletedTask;
        }
    }
}
