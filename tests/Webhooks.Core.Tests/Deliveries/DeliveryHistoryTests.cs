using CsCheck;
using Webhooks.Core.Deliveries;
using Webhooks.Core.Tests.Postgres;

namespace Webhooks.Core.Tests.Deliveries;

public sealed class DeliveryHistoryTests : DatabaseTest
{
    private static readonly string[] _events = ["user.created", "user.deleted", "invoice.paid"];
    private static readonly int?[] _responses = [null, 200, 404, 500];

    private readonly Guid _org = Guid.NewGuid();

    [Fact]
    public async Task Pages_together_are_all_matching_deliveries_newest_first()
    {
        var (webhook, all) = await FillAsync(300);
        var filters = Gen.Select(
            Gen.Enum<DeliveryStatus>().Nullable(),
            Gen.Int[0, 3].Select(index => index < _events.Length ? _events[index] : null),
            Gen.Int[0, 3].Select(index => _responses[index]),
            Gen.Int[-4000, 4000].Nullable(),
            Gen.Int[-4000, 4000].Nullable());
        var now = all[0].CreatedAt;

        await Gen.Select(filters, Gen.Int[1, 60]).SampleAsync(
            async (asked, limit) =>
            {
                var (status, type, response, from, to) = asked;
                var filter = new DeliveryFilter(
                    status, type, response, from is { } least ? now.AddMinutes(least) : null, to is { } most ? now.AddMinutes(most) : null);
                var expected = all.Where(delivery => Matches(delivery, filter)).Select(delivery => delivery.Id).OrderDescending();
                Assert.Equal(expected, await ReadAllAsync(webhook, filter, limit));
            },
            iter: 60,
            threads: 1);
    }

    [Fact]
    public async Task The_list_shows_a_delivery_as_it_is()
    {
        var webhook = await AddWebhookAsync(_org);
        var published = Assert.Single(await Publisher.PublishAsync([Message(_org, "invoice.paid")], Cancel));
        var of = Guid.CreateVersion7();
        await ExecuteAsync(
            "UPDATE webhook_deliveries SET attempt_number = 2, response_status = 503, error = 'x', duration_ms = 17, "
            + "redelivery_of = $1, test = true",
            of);

        var page = Required(await History.ListAsync(_org, webhook, new DeliveryFilter(), 10, null, Cancel));

        var delivery = Assert.Single(page.Items);
        Assert.Equal(
            new DeliverySummary(
                published.NewDeliveries[0], webhook, "invoice.paid", published.Id, DeliveryStatus.Pending, Test: true, of, 2, 503, "x", 17,
                delivery.CreatedAt, DeliveredAt: null, delivery.NextAttemptAt),
            delivery);
        Assert.InRange(delivery.CreatedAt, DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddMinutes(1));
        Assert.Equal(delivery.CreatedAt, delivery.NextAttemptAt);
        Assert.Null(page.Next);
    }

    [Fact]
    public async Task A_webhook_without_deliveries_has_an_empty_page()
    {
        var webhook = await AddWebhookAsync(_org);
        var page = await History.ListAsync(_org, webhook, new DeliveryFilter(), 10, null, Cancel);
        Assert.NotNull(page);
        Assert.Empty(page.Items);
        Assert.Null(page.Next);
    }

    [Fact]
    public async Task The_history_of_another_organization_of_a_deleted_or_an_unknown_webhook_is_not_shown()
    {
        var webhook = await AddWebhookAsync(_org);
        var id = await PublishAsync(_org);
        var other = Guid.NewGuid();
        var othersWebhook = await AddWebhookAsync(other);

        await AssertHiddenAsync(other, webhook, id);
        await AssertHiddenAsync(_org, Guid.CreateVersion7(), id);
        Assert.Null(await History.FindAsync(other, othersWebhook, id, Cancel));
        Assert.Null(await History.FindAsync(_org, webhook, Guid.CreateVersion7(), Cancel));
        Required(await History.FindAsync(_org, webhook, id, Cancel));

        await ExecuteAsync("UPDATE webhooks SET deleted_at = now(), secret = NULL WHERE id = $1", webhook);
        await AssertHiddenAsync(_org, webhook, id);
    }

    [Fact]
    public async Task A_delivery_of_another_webhook_is_not_found()
    {
        var webhook = await AddWebhookAsync(_org, "user.created");
        var other = await AddWebhookAsync(_org, "user.deleted");
        var id = await PublishAsync(_org);
        Assert.Null(await History.FindAsync(_org, other, id, Cancel));
        Required(await History.FindAsync(_org, webhook, id, Cancel));
        Assert.Empty(Required(await History.ListAsync(_org, other, new DeliveryFilter(), 10, null, Cancel)).Items);
    }

    [Fact]
    public async Task The_detail_has_the_payload_that_is_sent()
    {
        var webhook = await AddWebhookAsync(_org);
        var id = await PublishAsync(_org, data: """{"b":1,"a":"é"}""");
        var detail = Required(await History.FindAsync(_org, webhook, id, Cancel));
        Assert.Equal(await QueryAsync<string>("SELECT payload::text FROM webhook_deliveries"), detail.Payload);
        Assert.Empty(detail.Attempts);
        Assert.Null(detail.ResponseBody);
    }

    [Fact]
    public async Task Times_at_the_ends_of_the_calendar_are_usable_bounds()
    {
        var webhook = await AddWebhookAsync(_org);
        await PublishAsync(_org);
        Assert.Single(await ReadAllAsync(webhook, new DeliveryFilter(From: DateTimeOffset.MinValue, To: DateTimeOffset.MaxValue), 10));
        Assert.Empty(await ReadAllAsync(webhook, new DeliveryFilter(From: DateTimeOffset.MaxValue), 10));
        Assert.Empty(await ReadAllAsync(webhook, new DeliveryFilter(To: DateTimeOffset.MinValue), 10));
    }

    [Fact]
    public async Task An_event_with_an_old_id_of_the_publisher_is_found_by_the_time_it_was_created()
    {
        var webhook = await AddWebhookAsync(_org);
        var old = Guid.CreateVersion7(DateTimeOffset.UtcNow.AddDays(-7).AddMinutes(1)).ToString();
        var ahead = Guid.CreateVersion7(DateTimeOffset.UtcNow.AddMinutes(4)).ToString();
        await Publisher.PublishAsync([Message(_org, key: old), Message(_org, key: ahead)], Cancel);

        Assert.Equal(2, (await ReadAllAsync(webhook, new DeliveryFilter(From: DateTimeOffset.UtcNow.AddMinutes(-1)), 10)).Count);
        Assert.Equal(2, (await ReadAllAsync(webhook, new DeliveryFilter(To: DateTimeOffset.UtcNow.AddSeconds(30)), 10)).Count);
        Assert.Empty(await ReadAllAsync(webhook, new DeliveryFilter(To: DateTimeOffset.UtcNow.AddMinutes(-1)), 10));
    }

    private static bool Matches(Row delivery, DeliveryFilter filter) =>
        (filter.Status is null || delivery.Status == filter.Status)
        && (filter.Event is null || delivery.Event == filter.Event)
        && (filter.ResponseStatus is null || delivery.ResponseStatus == filter.ResponseStatus)
        && (filter.From is null || delivery.CreatedAt >= filter.From)
        && (filter.To is null || delivery.CreatedAt < filter.To);

    private async Task AssertHiddenAsync(Guid orgId, Guid webhookId, Guid deliveryId)
    {
        Assert.Null(await History.ListAsync(orgId, webhookId, new DeliveryFilter(), 10, null, Cancel));
        Assert.Null(await History.FindAsync(orgId, webhookId, deliveryId, Cancel));
    }

    private async Task<IReadOnlyList<Guid>> ReadAllAsync(Guid webhookId, DeliveryFilter filter, int limit)
    {
        var read = new List<Guid>();
        Guid? after = null;
        do
        {
            var page = Required(await History.ListAsync(_org, webhookId, filter, limit, after, Cancel));
            Assert.InRange(page.Items.Count, page.Next is null ? 0 : limit, limit);
            read.AddRange(page.Items.Select(delivery => delivery.Id));
            after = page.Next;
        }
        while (after is not null);

        return read;
    }

    /// <summary>
    /// Deliveries of every kind, from two days ago on, some of whose event ids are older than they are; and others' in between.
    /// </summary>
    private async Task<(Guid Webhook, IReadOnlyList<Row> Deliveries)> FillAsync(int count)
    {
        var webhook = await AddWebhookAsync(_org);
        var other = await AddWebhookAsync(_org);
        var random = new Random(20260803);
        var now = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds());
        var rows = new List<Row>();
        for (var index = 0; index < count; index++)
        {
            var createdAt = now.AddMinutes(-random.Next(3000));
            var idTime = random.Next(3) == 0 ? createdAt.AddMinutes(-random.Next(10_000)) : createdAt;
            var row = new Row(
                Guid.CreateVersion7(idTime),
                (DeliveryStatus)random.Next(5),
                _events[random.Next(3)],
                _responses[random.Next(4)],
                createdAt);
            await InsertAsync(webhook, row);
            await InsertAsync(other, row with { Id = Guid.CreateVersion7(idTime) });
            rows.Add(row);
        }

        return (webhook, rows);
    }

    private Task<int> InsertAsync(Guid webhookId, Row row) => ExecuteAsync(
        """
        INSERT INTO webhook_deliveries
            (id, webhook_id, org_id, event, event_id, payload, status, next_attempt_at, response_status, created_at)
        VALUES ($1, $2, $3, $4, gen_random_uuid(), '{}', $5, CASE WHEN $5 = 'pending' THEN now() END, nullif($6, 0), $7)
        """,
        row.Id, webhookId, _org, row.Event, row.Status.ToText(), row.ResponseStatus ?? 0, row.CreatedAt);

    private sealed record Row(Guid Id, DeliveryStatus Status, string Event, int? ResponseStatus, DateTimeOffset CreatedAt);
}
