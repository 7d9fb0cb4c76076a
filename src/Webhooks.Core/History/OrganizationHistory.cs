using Npgsql;
using Webhooks.Core.Deliveries;
using Webhooks.Core.Postgres;
using Webhooks.Core.Webhooks;

namespace Webhooks.Core.History;

/// <summary>
/// What an organization's events became, over all of its webhooks, also deleted ones. Every statement begins with the organization's
/// webhooks, or one of them, and looks only at their deliveries, by indexes: what it costs depends on these, and not on the deliveries of
/// others.
/// </summary>
public sealed class OrganizationHistory(NpgsqlDataSource database)
{
    /// <summary>A page of the deliveries, newest first.</summary>
    /// <param name="reach">Whose webhooks to look at.</param>
    /// <param name="after">The last id of the page before, or null for the first.</param>
    public async Task<Page<DeliverySummary>> ListDeliveriesAsync(
        Reach reach, DeliveryFilter filter, int limit, Guid? after, CancellationToken cancellationToken)
    {
        // Nothing older than the newest delivery of the last of `newest` can be in the page, and no other webhook has anything newer.
        var page = new NpgsqlBatchCommand($"""
            WITH {Webhooks(reach)}, newest AS MATERIALIZED (
                SELECT webhook.id AS webhook_id, delivery.id
                FROM webhook CROSS JOIN LATERAL (
                    SELECT id FROM webhook_deliveries
                    WHERE {DeliveryPage.Condition(filter, "webhook.id")}
                    ORDER BY {DeliveryPage.Order(filter)}
                    LIMIT 1
                ) AS delivery
                ORDER BY delivery.id DESC
                LIMIT @limit
            ), page AS MATERIALIZED (
                SELECT delivery.id
                FROM newest CROSS JOIN LATERAL (
                    SELECT id FROM webhook_deliveries
                    WHERE {DeliveryPage.Condition(filter, "newest.webhook_id")}
                      AND id >= coalesce((SELECT id FROM newest ORDER BY id DESC OFFSET @limit - 1 LIMIT 1), @oldest_id)
                    ORDER BY {DeliveryPage.Order(filter)}
                    LIMIT @limit
                ) AS delivery
                ORDER BY delivery.id DESC
                LIMIT @limit
            )
            SELECT delivery.* FROM page CROSS JOIN LATERAL (
                SELECT {DeliveryHistory.SummaryColumns} FROM webhook_deliveries
                WHERE webhook_deliveries.id = page.id AND org_id = @org_id
                LIMIT 1
            ) AS delivery
            ORDER BY delivery.id DESC
            """)
        {
            Parameters = { new("org_id", reach.OrgId), new("limit", limit + 1L) },
        };
        AddWebhook(page, reach);
        DeliveryPage.AddTo(page.Parameters, filter, after);
        var deliveries = await ReadAsync(page, DeliveryHistory.ReadSummary, cancellationToken);
        return Page<DeliverySummary>.Of(deliveries, limit, delivery => delivery.Id);
    }

    /// <summary>A page of the events that have a delivery which the filter selects, as it was first made; newest first, by their
    /// ids.</summary>
    /// <param name="reach">Whose webhooks to look at.</param>
    /// <param name="after">The last id of the page before, or null for the first.</param>
    public async Task<Page<EventSummary>> ListEventsAsync(
        Reach reach, DeliveryFilter filter, int limit, Guid? after, CancellationToken cancellationToken)
    {
        // A delivery's id has the time of its event, but is otherwise in no order with it. So of each webhook the newest are read, as many
        // as the page has; and of the time at which the page ends, which is a millisecond, all.
        var first = $"{DeliveryPage.Condition(filter, "webhook.id")} AND redelivery_of IS NULL AND event_id < @after_id";
        var page = new NpgsqlBatchCommand($"""
            WITH {Webhooks(reach)}, candidate AS MATERIALIZED (
                SELECT DISTINCT delivery.event_id
                FROM webhook CROSS JOIN LATERAL (
                    SELECT event_id FROM webhook_deliveries WHERE {first} ORDER BY {DeliveryPage.Order(filter)} LIMIT @limit
                ) AS delivery
            ), last AS MATERIALIZED (
                SELECT (left(event_id::text, 14) || '0000-0000-000000000000')::uuid AS least,
                       (left(event_id::text, 14) || 'ffff-ffff-ffffffffffff')::uuid AS greatest
                FROM (SELECT event_id FROM candidate ORDER BY event_id DESC OFFSET @limit - 1 LIMIT 1) AS last
            ), page AS MATERIALIZED (
                SELECT event_id FROM (
                    SELECT event_id FROM candidate
                    UNION
                    SELECT delivery.event_id
                    FROM last CROSS JOIN webhook CROSS JOIN LATERAL (
                        SELECT event_id FROM webhook_deliveries
                        WHERE {first} AND id >= last.least AND id <= last.greatest
                        ORDER BY {DeliveryPage.Order(filter)}
                        OFFSET 0
                    ) AS delivery
                ) AS event
                ORDER BY event_id DESC
                LIMIT @limit
            )
            SELECT page.event_id, summary.*
            FROM page CROSS JOIN LATERAL (
                SELECT min(event), bool_or(test), min(created_at),
                       (count(*) FILTER (WHERE outcome = 'pending'))::int, (count(*) FILTER (WHERE outcome = 'succeeded'))::int,
                       (count(*) FILTER (WHERE outcome = 'failed'))::int, (count(*) FILTER (WHERE outcome = 'canceled'))::int,
                       (count(*) FILTER (WHERE outcome = 'skipped'))::int
                FROM webhook CROSS JOIN LATERAL (
                    SELECT event, test, created_at,
                           CASE WHEN redelivered_as IS NULL OR status = 'succeeded' THEN status
                                ELSE coalesce((SELECT again.status FROM webhook_deliveries AS again
                                               WHERE again.id = delivery.redelivered_as), status) END AS outcome
                    FROM webhook_deliveries AS delivery
                    WHERE id = webhook_delivery_id(page.event_id, webhook.id) AND event_id = page.event_id AND org_id = @org_id
                    LIMIT 1
                ) AS delivery
            ) AS summary
            ORDER BY page.event_id DESC
            """)
        {
            Parameters = { new("org_id", reach.OrgId), new("limit", limit + 1L), new("after_id", after ?? Guid.AllBitsSet) },
        };
        AddWebhook(page, reach);
        DeliveryPage.AddTo(page.Parameters, filter, after is { } last ? UuidV7.SameTime(last).Greatest : null);
        var events = await ReadAsync(page, ReadEvent, cancellationToken);
        return Page<EventSummary>.Of(events, limit, item => item.Id);
    }

    /// <summary>An event with its deliveries; null when the organization has none of it (any more).</summary>
    /// <param name="reach">Whose webhooks to look at.</param>
    public async Task<EventDetail?> FindEventAsync(Reach reach, Guid eventId, CancellationToken cancellationToken)
    {
        const string Sql = """
            SELECT coalesce(payload->>'timestamp', payload->>'time'), (payload->'data')::text FROM webhook_deliveries
            WHERE id = ANY (@ids) AND org_id = @org_id AND redacted_at IS NULL
            LIMIT 1
            """;
        var deliveries = await FindDeliveriesAsync(reach, eventId, cancellationToken);
        if (deliveries.Count == 0)
        {
            return null;
        }

        await using var command = database.CreateCommand(Sql);
        command.Parameters.AddWithValue("ids", deliveries.Select(delivery => delivery.Id).ToArray());
        command.Parameters.AddWithValue("org_id", reach.OrgId);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new EventDetail(reader.GetString(0), reader.GetString(1), deliveries)
            : new EventDetail(Timestamp: null, Data: null, deliveries);
    }

    /// <summary>
    /// An event's deliveries, to each webhook the first and the latest redelivery of that; newest first. None when the organization has no
    /// such event.
    /// </summary>
    /// <param name="reach">Whose webhooks to look at.</param>
    public async Task<IReadOnlyList<DeliverySummary>> FindDeliveriesAsync(Reach reach, Guid eventId, CancellationToken cancellationToken)
    {
        var deliveries = new NpgsqlBatchCommand($"""
            WITH {Webhooks(reach)}, first AS MATERIALIZED (
                SELECT delivery.id, delivery.redelivered_as
                FROM webhook CROSS JOIN LATERAL (
                    SELECT id, redelivered_as FROM webhook_deliveries
                    WHERE id = webhook_delivery_id(@event_id, webhook.id) AND event_id = @event_id AND org_id = @org_id
                    LIMIT 1
                ) AS delivery
            )
            SELECT delivery.*
            FROM (SELECT id FROM first UNION ALL SELECT redelivered_as FROM first WHERE redelivered_as IS NOT NULL) AS shown
            CROSS JOIN LATERAL (
                SELECT {DeliveryHistory.SummaryColumns} FROM webhook_deliveries
                WHERE webhook_deliveries.id = shown.id AND org_id = @org_id
                LIMIT 1
            ) AS delivery
            ORDER BY delivery.id DESC
            """)
        {
            Parameters = { new("org_id", reach.OrgId), new("event_id", eventId) },
        };
        AddWebhook(deliveries, reach);
        return await ReadAsync(deliveries, DeliveryHistory.ReadSummary, cancellationToken);
    }

    /// <summary>A CTE of the organization's webhooks. In two, because there is an index of those that are deleted, and one of the
    /// others.</summary>
    private static string Webhooks(Reach reach)
    {
        var condition = reach.WebhookId is null ? "org_id = @org_id" : "org_id = @org_id AND id = @webhook_id";
        return $"""
            webhook AS MATERIALIZED (
                SELECT id FROM webhooks WHERE {condition} AND deleted_at IS NULL
                UNION ALL
                SELECT id FROM webhooks WHERE {condition} AND deleted_at IS NOT NULL
            )
            """;
    }

    private static void AddWebhook(NpgsqlBatchCommand command, Reach reach)
    {
        if (reach.WebhookId is { } webhook)
        {
            command.Parameters.Add(new("webhook_id", webhook));
        }
    }

    private async Task<List<T>> ReadAsync<T>(
        NpgsqlBatchCommand command, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(IndexOrder.Prefer());
        batch.BatchCommands.Add(command);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        return await reader.ReadRowsAsync(read, cancellationToken);
    }

    private static EventSummary ReadEvent(NpgsqlDataReader reader) => new(
        Id: reader.GetGuid(0),
        Event: reader.GetString(1),
        Test: reader.GetBoolean(2),
        CreatedAt: reader.GetFieldValue<DateTimeOffset>(3),
        Outcomes: new EventOutcomes(
            Pending: reader.GetInt32(4),
            Succeeded: reader.GetInt32(5),
            Failed: reader.GetInt32(6),
            Canceled: reader.GetInt32(7),
            Skipped: reader.GetInt32(8)));
}
