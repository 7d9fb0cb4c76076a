using Npgsql;
using Webhooks.Core.Audit;
using Webhooks.Core.Deliveries;
using Webhooks.Core.Idempotency;
using Webhooks.Core.Statistics;

namespace Webhooks.Core.Redelivery;

/// <summary>
/// Deliveries that are made again because somebody asks for it. One that is finished gets another of the same event, with the same payload
/// and all of its attempts; of a pending one the next attempt is made now. Every statement is bound to the organization.
/// </summary>
public sealed class Redeliveries(
    NpgsqlDataSource database,
    KeyedRequests requests,
    IDeliveryDispatch dispatch,
    DeliveryAnnouncement announcement,
    TimeProvider clock)
{
    /// <summary>Redelivers one delivery, once for a key.</summary>
    /// <returns>Null when the organization has no such webhook or the webhook no such delivery.</returns>
    public async Task<Redelivered?> RedeliverAsync(
        Guid orgId, Guid webhookId, Guid deliveryId, RequestKey? key, CancellationToken cancellationToken)
    {
        var newId = Guid.CreateVersion7(clock.GetUtcNow());
        var outcome = await requests.MakeAsync(
            orgId,
            key,
            newId,
            (connection, cancel) => RedeliverAsync(connection, orgId, webhookId, deliveryId, newId, cancel),
            redelivered => redelivered is Redelivered.Due,
            cancellationToken);
        switch (outcome)
        {
            case KeyedOutcome<Redelivered?>.First(Redelivered.Due { IsPulled: true } due):
                await announcement.NotifyPullsAsync([webhookId]);
                return due;
            case KeyedOutcome<Redelivered?>.First(Redelivered.Due due):
                await announcement.NotifyAsync();
                await dispatch.DispatchAsync([due.DeliveryId], cancellationToken);
                return due;
            case KeyedOutcome<Redelivered?>.First(var refusal):
                return refusal;
            case KeyedOutcome<Redelivered?>.Repeat(var known):
                // Of a delivery that was pending, no other was made under the id.
                return new Redelivered.Due(await ExistsAsync(known, cancellationToken) ? known : deliveryId);
            default:
                return new Redelivered.KeyReused();
        }
    }

    private static async Task<Redelivered?> RedeliverAsync(
        NpgsqlConnection connection, Guid orgId, Guid webhookId, Guid deliveryId, Guid newId, CancellationToken cancellationToken)
    {
        // The delivery as it is once nobody else changes it. What is repeated is always the first delivery of the event, so that one row
        // says whether it has arrived since.
        const string Sql = $"""
            WITH original AS (
                SELECT delivery.id, delivery.webhook_id, delivery.org_id, delivery.event, delivery.event_id, delivery.payload,
                       delivery.test, delivery.trace_parent, delivery.ordering_key, delivery.status,
                       coalesce(delivery.redelivery_of, delivery.id) AS first_id, delivery.redacted_at,
                       (webhooks.active OR (delivery.test AND webhooks.mode = 'push')) AND delivery.redacted_at IS NULL AS deliverable,
                       webhooks.mode = 'pull' AS is_pulled
                FROM webhook_deliveries AS delivery JOIN webhooks ON webhooks.id = delivery.webhook_id
                WHERE delivery.id = @id AND delivery.webhook_id = @webhook_id AND delivery.org_id = @org_id AND webhooks.deleted_at IS NULL
                FOR UPDATE OF delivery
            ), hastened AS (
                UPDATE webhook_deliveries SET
                    next_attempt_at = least(next_attempt_at, now()),
                    lease_until = CASE WHEN lease_until = 'infinity' OR (lease_token IS NOT NULL AND lease_until > now())
                                       THEN lease_until END,
                    lease_token = CASE WHEN lease_until > now() THEN lease_token END,
                    next_trigger = 'manual',
                    cancel_requested = NULL
                WHERE id = ANY (ARRAY (SELECT id FROM original WHERE deliverable AND status = 'pending'))
            ), inserted AS (
                INSERT INTO webhook_deliveries
                    (id, webhook_id, org_id, event, event_id, payload, test, redelivery_of, trace_parent, ordering_key,
                     next_attempt_at, next_trigger, lease_until)
                SELECT @new_id, webhook_id, org_id, event, event_id, payload, test, first_id, trace_parent, ordering_key, now(), 'manual',
                       CASE WHEN is_pulled THEN 'infinity'::timestamptz END
                FROM original WHERE deliverable AND status <> 'pending'
                RETURNING org_id, webhook_id, event, status
            ), {StatisticsChanges.Made}, marked AS (
                UPDATE webhook_deliveries SET redelivered_as = @new_id
                WHERE id = ANY (ARRAY (SELECT first_id FROM original WHERE deliverable AND status <> 'pending'))
            ), audited AS (
                INSERT INTO audit_entries (org_id, action, resource_kind, resource_id, webhook_id, changes)
                SELECT org_id, @action, 'delivery', id, webhook_id,
                       webhook_changes(
                           NULL, jsonb_build_object('redelivered_as', CASE WHEN status <> 'pending' THEN @new_id END),
                           ARRAY['redelivered_as'])
                FROM original WHERE deliverable
            )
            SELECT redacted_at, CASE WHEN NOT deliverable THEN NULL WHEN status = 'pending' THEN id ELSE @new_id END, is_pulled
            FROM original
            """;
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new(Sql)
        {
            Parameters =
            {
                new("id", deliveryId),
                new("webhook_id", webhookId),
                new("org_id", orgId),
                new("new_id", newId),
                new("action", AuditActions.DeliveryRedelivered),
            },
        });
        await using var reader = await batch.ExecuteAuditedAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            return null;
        }

        if (reader.GetFieldValue<DateTimeOffset?>(0) is { } redactedAt)
        {
            return new Redelivered.Redacted(redactedAt);
        }

        return reader.IsDBNull(1)
            ? new Redelivered.WebhookInactive()
            : new Redelivered.Due(reader.GetGuid(1)) { IsPulled = reader.GetBoolean(2) };
    }

    private async Task<bool> ExistsAsync(Guid deliveryId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("SELECT EXISTS (SELECT FROM webhook_deliveries WHERE id = @id)");
        command.Parameters.AddWithValue("id", deliveryId);
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }
}
