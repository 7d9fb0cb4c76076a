using Npgsql;
using Webhooks.Core.Health;
using Webhooks.Core.Postgres;

namespace Webhooks.Core.Deliveries;

/// <summary>What the API shows of deliveries. Every statement is bound to the organization.</summary>
public sealed class DeliveryHistory(NpgsqlDataSource database)
{
    internal const string SummaryColumns =
        "id, webhook_id, event, event_id, status, test, redelivery_of, attempt_number, response_status, error, duration_ms, "
        + "created_at, delivered_at, next_attempt_at, deliver_at, ordering_key, " + HoldColumns.Sql;

    /// <summary>A page of a webhook's deliveries, newest first; null when the organization has no such webhook.</summary>
    /// <param name="after">The last id of the page before, or null for the first.</param>
    public async Task<Page<DeliverySummary>?> ListAsync(
        Guid orgId, Guid webhookId, DeliveryFilter filter, int limit, Guid? after, CancellationToken cancellationToken)
    {
        const string WebhookExists = "SELECT EXISTS (SELECT FROM webhooks WHERE id = @webhook_id AND org_id = @org_id AND deleted_at "
            + "IS NULL)";
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new(WebhookExists) { Parameters = { new("webhook_id", webhookId), new("org_id", orgId) } });
        batch.BatchCommands.Add(IndexOrder.Prefer());
        batch.BatchCommands.Add(PageCommand(orgId, webhookId, filter, limit, after));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);

        await reader.ReadAsync(cancellationToken);
        if (!reader.GetBoolean(0))
        {
            return null;
        }

        await reader.NextResultAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        return Page<DeliverySummary>.Of(await reader.ReadRowsAsync(ReadSummary, cancellationToken), limit, delivery => delivery.Id);
    }

    /// <summary>One delivery; null when the organization has no such webhook or the webhook no such delivery.</summary>
    public async Task<DeliveryDetail?> FindAsync(Guid orgId, Guid webhookId, Guid deliveryId, CancellationToken cancellationToken)
    {
        const string Sql = $"""
            SELECT {SummaryColumns}, response_body, payload::text, attempts::text, redacted_at, sent_body, sent_headers::text,
                   transform_error
            FROM webhook_deliveries
            WHERE id = @id AND webhook_id = @webhook_id AND org_id = @org_id
              AND EXISTS (SELECT FROM webhooks WHERE webhooks.id = @webhook_id AND deleted_at IS NULL)
            """;
        await using var command = database.CreateCommand(Sql);
        command.Parameters.AddWithValue("id", deliveryId);
        command.Parameters.AddWithValue("webhook_id", webhookId);
        command.Parameters.AddWithValue("org_id", orgId);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new DeliveryDetail(
                ReadSummary(reader),
                ResponseBody: reader.IsDBNull(18) ? null : reader.GetString(18),
                Payload: reader.IsDBNull(21) ? reader.GetString(19) : null,
                Attempts: AttemptJson.ReadAll(reader.GetString(20)),
                RedactedAt: reader.GetFieldValue<DateTimeOffset?>(21),
                SentBody: reader.IsDBNull(22) ? null : reader.GetString(22),
                SentHeaders: reader.IsDBNull(23) ? null : reader.GetString(23),
                TransformError: reader.IsDBNull(24) ? null : reader.GetString(24))
            : null;
    }

    private static NpgsqlBatchCommand PageCommand(Guid orgId, Guid webhookId, DeliveryFilter filter, int limit, Guid? after)
    {
        var page = new NpgsqlBatchCommand($"""
            SELECT {SummaryColumns} FROM webhook_deliveries
            WHERE {DeliveryPage.Condition(filter, "@webhook_id")}
              AND org_id = @org_id
            ORDER BY {DeliveryPage.Order(filter)}
            LIMIT @limit
            """)
        {
            Parameters = { new("org_id", orgId), new("webhook_id", webhookId), new("limit", limit + 1L) },
        };
        DeliveryPage.AddTo(page.Parameters, filter, after);
        return page;
    }

    internal static DeliverySummary ReadSummary(NpgsqlDataReader reader) => new(
        Id: reader.GetGuid(0),
        WebhookId: reader.GetGuid(1),
        Event: reader.GetString(2),
        EventId: reader.GetGuid(3),
        Status: DeliveryStatusText.Parse(reader.GetString(4)),
        Test: reader.GetBoolean(5),
        RedeliveryOf: reader.GetFieldValue<Guid?>(6),
        AttemptNumber: reader.GetInt32(7),
        ResponseStatus: reader.GetFieldValue<int?>(8),
        Error: reader.IsDBNull(9) ? null : reader.GetString(9),
        DurationMs: reader.GetFieldValue<int?>(10),
        CreatedAt: reader.GetFieldValue<DateTimeOffset>(11),
        DeliveredAt: reader.GetFieldValue<DateTimeOffset?>(12),
        NextAttemptAt: reader.GetFieldValue<DateTimeOffset?>(13),
        Held: HoldColumns.Read(reader, first: 16),
        DeliverAt: reader.GetFieldValue<DateTimeOffset?>(14),
        OrderingKey: reader.IsDBNull(15) ? null : reader.GetString(15));
}
