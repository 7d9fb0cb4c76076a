using CsCheck;
using Webhooks.Core.Deliveries;
using Webhooks.Core.History;
using Webhooks.Core.Tests.Postgres;

namespace Webhooks.Core.Tests.History;

public sealed class OrganizationHistoryTests : DatabaseTest
{
    private static readonly string[] _events = ["user.created", "user.deleted", "invoice.paid"];
    private static readonly int?[] _responses = [null, 200, 404, 500];

    private readonly Guid _org = Guid.NewGuid();
    private readonly List<Guid> _webhooks = [];

    private OrganizationHistory All => new(Database);

    [Fact]
    public async Task Pages_of_deliveries_together_are_those_to_all_webhooks_newest_first()
    {
        var rows = await FillAsync(events: 60);

        await Filters(rows[0].CreatedAt).SampleAsync(
            async (filter, limit) =>
            {
                var expected = rows.Where(row => Matches(row, filter)).Select(row => row.Id).OrderDescending();
                Assert.Equal(expected, await ReadAllAsync(
                    limit, after => All.ListDeliveriesAsync(_org, filter, limit, after, Cancel), delivery => delivery.Id));
            },
            iter: 40,
            threads: 1);
    }

    [Fact]
    public async Task A_delivery_is_found_by_its_id_whatever_its_webhook()
    {
        var rows = await FillAsync(events: 10);
        var others = await QueryAsync<Guid>("SELECT id FROM webhook_deliveries WHERE org_id <> $1 LIMIT 1", _org);

        foreach (var row in rows)
        {
            Assert.Equal([row.Id], await FindAsync(new DeliveryFilter(Id: row.Id)));
            Assert.Equal([row.Id], await FindAsync(new DeliveryFilter(row.Status, row.Event, row.ResponseStatus, Id: row.Id)));
            Assert.Empty(await FindAsync(new DeliveryFilter(Event: row.Event + "x", Id: row.Id)));
        }

        Assert.Empty(await FindAsync(new DeliveryFilter(Id: others)));
        Assert.Empty(await FindAsync(new DeliveryFilter(Id: Guid.AllBitsSet)));
        Assert.Empty(await FindAsync(new DeliveryFilter(Id: Guid.Empty)));

        async Task<IEnumerable<Guid>> FindAsync(DeliveryFilter filter) =>
            (await All.ListDeliveriesAsync(_org, filter, 10, null, Cancel)).Items.Select(delivery => delivery.Id);
    }

    [Fact]
    public async Task Pages_of_events_together_are_each_event_once_newest_first_also_those_of_one_millisecond()
    {
        var rows = await FillAsync(events: 60);

        await Filters(rows[0].CreatedAt).SampleAsync(
            async (filter, limit) =>
            {
                var matching = rows.Where(row => !row.Again && Matches(row, filter));
                var expected = matching.Select(row => row.EventId).Distinct().OrderDescending();
                Assert.Equal(
                    expected, await ReadAllAsync(limit, after => All.ListEventsAsync(_org, filter, limit, after, Cancel), item => item.Id));
            },
            iter: 40,
            threads: 1);
    }

    [Fact]
    public async Task An_event_counts_what_became_of_it_at_each_webhook_also_by_redelivery()
    {
        var webhooks = new List<Guid>();
        for (var count = 0; count < 7; count++)
        {
            webhooks.Add(await AddWebhookAsync(_org));
        }

        await ExecuteAsync("UPDATE webhooks SET active = false WHERE id = $1", webhooks[0]);
        var published = Assert.Single(await Publisher.PublishAsync([Message(_org, "invoice.paid")], Cancel));
        await AddWebhookAsync(_org);
        await FinishAsync(webhooks[1], "succeeded");
        await FinishAsync(webhooks[2], "failed");
        await FinishAsync(webhooks[3], "canceled");
        await FinishAsync(webhooks[4], "failed");
        await RedeliverAsync(webhooks[4], "succeeded");
        await FinishAsync(webhooks[5], "succeeded");
        await RedeliverAsync(webhooks[5], "failed");

        var item = Assert.Single((await All.ListEventsAsync(_org, new DeliveryFilter(), 10, null, Cancel)).Items);

        Assert.Equal(published.Id, item.Id);
        Assert.Equal("invoice.paid", item.Event);
        Assert.False(item.Test);
        Assert.Equal(await QueryAsync<DateTimeOffset>("SELECT min(created_at) FROM webhook_deliveries"), item.CreatedAt);
        Assert.Equal(new EventOutcomes(Pending: 1, Succeeded: 3, Failed: 1, Canceled: 1, Skipped: 1), item.Outcomes);
    }

    [Fact]
    public async Task An_event_is_shown_with_its_data_and_the_deliveries_to_each_webhook_with_redeliveries()
    {
        Guid[] webhooks = [await AddWebhookAsync(_org), await AddWebhookAsync(_org), await AddWebhookAsync(_org)];
        var happened = new DateTimeOffset(2026, 1, 31, 18, 30, 0, TimeSpan.Zero);
        var published = Assert.Single(await Publisher.PublishAsync(
            [Message(_org, "invoice.paid", """{"b":1.50,"a":"é"}""", timestamp: happened)], Cancel));
        await FinishAsync(webhooks[1], "failed");
        var again = await RedeliverAsync(webhooks[1], "pending");
        await Publisher.PublishAsync([Message(_org, "invoice.paid")], Cancel);
        await ExecuteAsync("UPDATE webhooks SET deleted_at = now(), secret = NULL, active = false WHERE id = $1", webhooks[2]);

        var detail = Required(await All.FindEventAsync(_org, published.Id, Cancel));

        Assert.Equal("2026-01-31T18:30:00.000Z", detail.Timestamp);
        Assert.Equal("""{"a": "é", "b": 1.50}""", detail.Data);
        Assert.Equal(
            published.NewDeliveries.Append(again).OrderDescending(), detail.Deliveries.Select(delivery => delivery.Id));
        Assert.All(detail.Deliveries, delivery => Assert.Equal(published.Id, delivery.EventId));
        Assert.Equal(webhooks.Order(), detail.Deliveries.Select(delivery => delivery.WebhookId).Distinct().Order());
    }

    [Fact]
    public async Task Nothing_of_another_organization_is_listed_or_found()
    {
        await AddWebhookAsync(_org);
        var published = Assert.Single(await Publisher.PublishAsync([Message(_org)], Cancel));
        var other = Guid.NewGuid();
        await AddWebhookAsync(other);

        Assert.Empty((await All.ListDeliveriesAsync(other, new DeliveryFilter(), 10, null, Cancel)).Items);
        Assert.Empty((await All.ListEventsAsync(other, new DeliveryFilter(), 10, null, Cancel)).Items);
        Assert.Null(await All.FindEventAsync(other, published.Id, Cancel));
        Assert.Empty(await All.FindDeliveriesAsync(other, published.Id, Cancel));
        Assert.Empty((await All.ListDeliveriesAsync(Guid.NewGuid(), new DeliveryFilter(), 10, null, Cancel)).Items);
    }

    [Fact]
    public async Task An_event_that_no_webhook_wanted_leaves_nothing()
    {
        await AddWebhookAsync(_org, "user.deleted");
        var published = Assert.Single(await Publisher.PublishAsync([Message(_org, key: "order-17")], Cancel));

        Assert.Empty((await All.ListEventsAsync(_org, new DeliveryFilter(), 10, null, Cancel)).Items);
        Assert.Null(await All.FindEventAsync(_org, published.Id, Cancel));
    }

    [Fact]
    public async Task An_event_with_an_old_id_of_the_publisher_is_found_by_the_time_it_was_accepted()
    {
        await AddWebhookAsync(_org);
        var old = Guid.CreateVersion7(DateTimeOffset.UtcNow.AddDays(-7).AddMinutes(1));
        await Publisher.PublishAsync([Message(_org, key: old.ToString())], Cancel);

        var since = new DeliveryFilter(From: DateTimeOffset.UtcNow.AddMinutes(-1));
        Assert.Equal(old, Assert.Single((await All.ListEventsAsync(_org, since, 10, null, Cancel)).Items).Id);
        Assert.Single((await All.ListDeliveriesAsync(_org, since, 10, null, Cancel)).Items);
        Required(await All.FindEventAsync(_org, old, Cancel));
        var before = new DeliveryFilter(To: DateTimeOffset.UtcNow.AddMinutes(-1));
        Assert.Empty((await All.ListEventsAsync(_org, before, 10, null, Cancel)).Items);
    }

    private static Gen<(DeliveryFilter Filter, int Limit)> Filters(DateTimeOffset now) => Gen.Select(
        Gen.Enum<DeliveryStatus>().Nullable(),
        Gen.Int[0, 3].Select(index => index < _events.Length ? _events[index] : null),
        Gen.Int[0, 6].Select(index => index < _responses.Length ? _responses[index] : null),
        Gen.Int[-4000, 4000].Nullable(),
        Gen.Int[1, 70]).Select((status, type, response, from, limit) => (
            new DeliveryFilter(status, type, response, from is { } least ? now.AddMinutes(least) : null), limit));

    private static bool Matches(Row row, DeliveryFilter filter) =>
        (filter.Status is null || row.Status == filter.Status)
        && (filter.Event is null || row.Event == filter.Event)
        && (filter.ResponseStatus is null || row.ResponseStatus == filter.ResponseStatus)
        && (filter.From is null || row.CreatedAt >= filter.From);

    private static async Task<IReadOnlyList<Guid>> ReadAllAsync<T>(int limit, Func<Guid?, Task<Page<T>>> readPage, Func<T, Guid> id)
    {
        var read = new List<Guid>();
        Guid? after = null;
        do
        {
            var page = await readPage(after);
            Assert.InRange(page.Items.Count, page.Next is null ? 0 : limit, limit);
            read.AddRange(page.Items.Select(id));
            after = page.Next;
        }
        while (after is not null);

        return read;
    }

    /// <summary>
    /// Events of a few milliseconds, with deliveries of every kind to some of the organization's webhooks, of which one is deleted; some of
    /// them redelivered; and as many of another organization.
    /// </summary>
    private async Task<IReadOnlyList<Row>> FillAsync(int events)
    {
        for (var count = 0; count < 5; count++)
        {
            _webhooks.Add(await AddWebhookAsync(_org));
        }

        await ExecuteAsync("UPDATE webhooks SET deleted_at = now(), secret = NULL, active = false WHERE id = $1", _webhooks[2]);
        var other = Guid.NewGuid();
        var othersWebhook = await AddWebhookAsync(other);
        var random = new Random(20260804);
        var now = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds());
        var rows = new List<Row>();
        for (var number = 0; number < events; number++)
        {
            var createdAt = now.AddMinutes(-random.Next(3) * 1000);
            var eventId = Guid.CreateVersion7(createdAt.AddMilliseconds(random.Next(2)));
            foreach (var webhook in _webhooks.Where(_ => random.Next(2) == 0))
            {
                var first = Row(webhook, eventId, createdAt);
                rows.Add(first with { Id = await InsertAsync(_org, first) });
                if (random.Next(4) == 0)
                {
                    var again = Row(webhook, eventId, createdAt.AddMinutes(5)) with { Id = Guid.CreateVersion7(now), Again = true };
                    await InsertAsync(_org, again);
                    rows.Add(again);
                }
            }

            await InsertAsync(other, Row(othersWebhook, eventId, createdAt));
        }

        return rows;

        Row Row(Guid webhook, Guid eventId, DateTimeOffset createdAt) => new(
            Guid.Empty, webhook, eventId, Again: false, (DeliveryStatus)random.Next(5), _events[random.Next(3)], _responses[random.Next(4)],
            createdAt);
    }

    private Task<Guid> InsertAsync(Guid orgId, Row row) => QueryAsync<Guid>(
        """
        INSERT INTO webhook_deliveries
            (id, webhook_id, org_id, event, event_id, payload, status, next_attempt_at, response_status, created_at, redelivery_of)
        VALUES (CASE WHEN $9 THEN $1 ELSE webhook_delivery_id($4, $2) END, $2, $3, $5, $4, '{}', $6,
                CASE WHEN $6 = 'pending' THEN now() END, nullif($7, 0), $8, CASE WHEN $9 THEN webhook_delivery_id($4, $2) END)
        RETURNING id
        """,
        row.Id, row.Webhook, orgId, row.EventId, row.Event, row.Status.ToText(), row.ResponseStatus ?? 0, row.CreatedAt, row.Again);

    private Task<int> FinishAsync(Guid webhook, string status) => ExecuteAsync(
        "UPDATE webhook_deliveries SET status = $2, next_attempt_at = NULL WHERE webhook_id = $1 AND status = 'pending'", webhook, status);

    /// <summary>Makes a redelivery as it is stored, in a state.</summary>
    /// <returns>Its id.</returns>
    private async Task<Guid> RedeliverAsync(Guid webhook, string status)
    {
        var id = Guid.CreateVersion7();
        await ExecuteAsync(
            """
            WITH first AS (
                UPDATE webhook_deliveries SET redelivered_as = $2 WHERE webhook_id = $1 AND status <> 'pending' RETURNING *
            )
            INSERT INTO webhook_deliveries (id, webhook_id, org_id, event, event_id, payload, status, next_attempt_at, redelivery_of)
            SELECT $2, webhook_id, org_id, event, event_id, payload, $3, CASE WHEN $3 = 'pending' THEN now() END, id FROM first
            """,
            webhook, id, status);
        return id;
    }

    private sealed record Row(
        Guid Id,
        Guid Webhook,
        Guid EventId,
        bool Again,
        DeliveryStatus Status,
        string Event,
        int? ResponseStatus,
        DateTimeOffset CreatedAt);
}
