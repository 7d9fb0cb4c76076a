using Npgsql;
using Webhooks.Core.Audit;
using Webhooks.Core.Statistics;

namespace Webhooks.Core.Redaction;

/// <summary>
/// Deliveries of which somebody wants erased what was sent and answered. Every statement is bound to the organization, and times are the
/// database's.
/// </summary>
public sealed class Redactions(NpgsqlDataSource database)
{
    /// <summary>
    /// Erases one delivery's payload and what its receiver answered; a pending one is canceled. An attempt that is under way loses its
    /// claim, so that its answer is not recorded. What is erased already stays as it is.
    /// </summary>
    /// <returns>False when the organization has no such webhook or the webhook no such delivery.</returns>
    public async Task<bool> RedactAsync(Guid orgId, Guid webhookId, Guid deliveryId, CancellationToken cancellationToken)
    {
        const string Sql = $"""
            WITH delivery AS (
                SELECT id, redacted_at, status AS status_before FROM webhook_deliveries
                WHERE id = @id AND webhook_id = @webhook_id AND org_id = @org_id
                  AND EXISTS (SELECT FROM webhooks WHERE webhooks.id = @webhook_id AND deleted_at IS NULL)
                FOR UPDATE
            ), redacted AS (
                UPDATE webhook_deliveries SET
                    {RedactionColumns.Erase},
                    status = CASE WHEN status = 'pending' THEN 'canceled' ELSE status END,
                    next_attempt_at = NULL,
                    next_trigger = NULL,
                    lease_until = NULL,
                    lease_token = NULL
                WHERE id = ANY (ARRAY (SELECT id FROM delivery WHERE redacted_at IS NULL))
                RETURNING id, {StatisticsChanges.Columns}
            ), canceled AS (
                SELECT * FROM redacted JOIN delivery USING (id) WHERE status_before = 'pending'
            ), {StatisticsChanges.Canceled}, audited AS (
                INSERT INTO audit_entries (org_id, action, resource_kind, resource_id, webhook_id)
                SELECT @org_id, @action, 'delivery', id, @webhook_id FROM delivery WHERE redacted_at IS NULL
            )
            SELECT FROM delivery
            """;
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new(Sql)
        {
            Parameters =
            {
                new("id", deliveryId),
                new("webhook_id", webhookId),
                new("org_id", orgId),
                new("action", AuditActions.DeliveryRedacted),
            },
        });
        await using var reader = await batch.ExecuteAuditedAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken);
    }
}
