using Npgsql;
using NpgsqlTypes;
using Webhooks.Core.Deliveries;
using Webhooks.Core.Postgres;

namespace Webhooks.Core.Redelivery;

/// <summary>
/// Deliveries that are made again because somebody asks for it. One that is finished gets another of the same event, with the same payload
/// and all of its attempts; of a pending one the next attempt is made now. Every statement is bound to the organization.
/// </summary>
public sealed class Redeliveries(
    NpgsqlDataSource database, IDeliveryDispatch dispatch, DeliveryAnnouncement announcement, TimeProvider clock)
{
    /// <summary>For how long a request is known by its key.</summary>
    public static readonly TimeSpan KeyLifetime = TimeSpan.FromHours(24);

    /// <summary>Redelivers one delivery.</summary>
    /// <param name="key">What the same request is known by when it comes again; null when it is none.</param>
    /// <returns>Null when the organization has no such webhook or the webhook no such delivery.</returns>
    public async Task<Redelivered?> RedeliverAsync(
        Guid orgId, Guid webhookId, Guid deliveryId, string? key, CancellationToken cancellationToken)
    {
        // The delivery as it is once nobody else changes it. Of two requests with one key, the second waits for the first one's row.
        // What is repeated is always the first delivery of the event, so that one row says whether it has arrived since.
        const string Sql = """
            WITH original AS (
                SELECT delivery.id, delivery.webhook_id, delivery.org_id, delivery.event, delivery.event_id, delivery.payload, delivery.test,
                       delivery.trace_parent, delivery.status, coalesce(delivery.redelivery_of, delivery.id) AS first_id,
                       webhooks.active OR delivery.test AS deliverable
                FROM webhook_deliveries AS delivery JOIN webhooks ON webhooks.id = delivery.webhook_id
                WHERE delivery.id = @id AND delivery.webhook_id = @webhook_id AND delivery.org_id = @org_id AND webhooks.deleted_at IS NULL
                FOR UPDATE OF delivery
            ), keyed AS (
                INSERT INTO redelivery_keys AS known (webhook_id, key, redelivery_of, delivery_id)
                SELECT webhook_id, @key, id, CASE WHEN status = 'pending' THEN id ELSE @new_id END
                FROM original WHERE @key IS NOT NULL AND deliverable
                ON CONFLICT (webhook_id, key) DO UPDATE SET
                    redelivery_of =
                        CASE WHEN known.created_at < now() - @key_lifetime THEN excluded.redelivery_of ELSE known.redelivery_of END,
                    delivery_id = CASE WHEN known.created_at < now() - @key_lifetime THEN excluded.delivery_id ELSE known.delivery_id END,
                    created_at = CASE WHEN known.created_at < now() - @key_lifetime THEN now() ELSE known.created_at END
                RETURNING redelivery_of, delivery_id, created_at = now() AS fresh
            ), wanted AS (
                SELECT original.* FROM original LEFT JOIN keyed ON true WHERE deliverable AND coalesce(fresh, true)
            ), hastened AS (
                UPDATE webhook_deliveries SET
                    next_attempt_at = least(next_attempt_at, now()),
                    lease_until = CASE WHEN lease_token IS NOT NULL AND lease_until > now() THEN lease_until END,
                    lease_token = CASE WHEN lease_until > now() THEN lease_token END,
                    next_trigger = 'manual',
                    cancel_requested = NULL
                WHERE id = ANY (ARRAY (SELECT id FROM wanted WHERE status = 'pending'))
            ), inserted AS (
                INSERT INTO webhook_deliveries
                    (id, webhook_id, org_id, event, event_id, payload, test, redelivery_of, trace_parent, next_attempt_at, next_trigger)
                SELECT @new_id, webhook_id, org_id, event, event_id, payload, test, first_id, trace_parent, now(), 'manual'
                FROM wanted WHERE status <> 'pending'
            ), marked AS (
                UPDATE webhook_deliveries SET redelivered_as = @new_id
                WHERE id = ANY (ARRAY (SELECT first_id FROM wanted WHERE status <> 'pending'))
            )
            SELECT original.deliverable, keyed.redelivery_of <> original.id AS reused,
                   coalesce(keyed.delivery_id, CASE WHEN original.status = 'pending' THEN original.id ELSE @new_id END) AS delivery_id
            FROM original LEFT JOIN keyed ON true
            """;
        await using var command = database.CreateCommand(Sql);
        command.Parameters.AddWithValue("id", deliveryId);
        command.Parameters.AddWithValue("webhook_id", webhookId);
        command.Parameters.AddWithValue("org_id", orgId);
        command.Parameters.AddWithValue("new_id", Guid.CreateVersion7(clock.GetUtcNow()));
        command.Parameters.Add(NullableParameter.Create("key", NpgsqlDbType.Text, key));
        command.Parameters.AddWithValue("key_lifetime", KeyLifetime);
        var outcome = await ReadAsync(command, cancellationToken);
        if (outcome is Redelivered.Due due)
        {
            await announcement.NotifyAsync();
            await dispatch.DispatchAsync([due.DeliveryId], cancellationToken);
        }

        return outcome;
    }

    private static async Task<Redelivered?> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            return null;
        }

        if (!reader.GetBoolean(0))
        {
            return new Redelivered.WebhookInactive();
        }

        return !reader.IsDBNull(1) && reader.GetBoolean(1)
            ? new Redelivered.KeyReused()
            : new Redelivered.Due(reader.GetGuid(2));
    }
}
