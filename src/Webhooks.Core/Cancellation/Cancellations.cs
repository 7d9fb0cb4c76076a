using Npgsql;
using Webhooks.Core.Audit;
using Webhooks.Core.Deliveries;
using Webhooks.Core.Postgres;
using Webhooks.Core.Statistics;

namespace Webhooks.Core.Cancellation;

/// <summary>
/// Pending deliveries that are canceled because somebody asks for it. An attempt that is under way is not broken off: its answer counts,
/// but nothing follows it. Every statement is bound to the organization, and times are the database's.
/// </summary>
public sealed class Cancellations(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>
    /// Deliveries in one statement: their rows are locked for tens of milliseconds, which is what recording may wait for.
    /// </summary>
    internal const int MostPerStatement = 1000;

    /// <summary>How long one call goes on. A caller's patience, and a proxy's, is often a minute.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(25);

    /// <summary>The assignments that cancel a pending delivery, or have it canceled after the attempt that is under way.</summary>
    private const string Assignments = """
        status = CASE WHEN lease_token IS NOT NULL AND lease_until > now() THEN status ELSE 'canceled' END,
        next_attempt_at = CASE WHEN lease_token IS NOT NULL AND lease_until > now() THEN next_attempt_at END,
        lease_until = CASE WHEN lease_token IS NOT NULL AND lease_until > now() THEN lease_until END,
        lease_token = CASE WHEN lease_until > now() THEN lease_token END,
        next_trigger = CASE WHEN lease_token IS NOT NULL AND lease_until > now() THEN next_trigger END,
        cancel_requested = true
        """;

    /// <summary>Cancels one delivery.</summary>
    /// <returns>
    /// The status that it had: it is canceled, or will be, if that is pending, and is otherwise as it was. Null when the organization has
    /// no such webhook or the webhook no such delivery.
    /// </returns>
    public async Task<DeliveryStatus?> CancelAsync(Guid orgId, Guid webhookId, Guid deliveryId, CancellationToken cancellationToken)
    {
        const string Sql = $"""
            WITH delivery AS (
                SELECT id, status, coalesce(cancel_requested, false) AND lease_token IS NOT NULL AND lease_until > now() AS requested
                FROM webhook_deliveries
                WHERE id = @id AND webhook_id = @webhook_id AND org_id = @org_id
                  AND EXISTS (SELECT FROM webhooks WHERE webhooks.id = @webhook_id AND deleted_at IS NULL)
                FOR UPDATE
            ), canceled AS (
                UPDATE webhook_deliveries SET {Assignments}
                WHERE id = ANY (ARRAY (SELECT id FROM delivery WHERE status = 'pending'))
                RETURNING {StatisticsChanges.Columns}
            ), {StatisticsChanges.Canceled}, audited AS (
                INSERT INTO audit_entries (org_id, action, resource_kind, resource_id, webhook_id)
                SELECT @org_id, @action, 'delivery', id, @webhook_id FROM delivery WHERE status = 'pending' AND NOT requested
            )
            SELECT status FROM delivery
            """;
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new(Sql)
        {
            Parameters =
            {
                new("id", deliveryId),
                new("webhook_id", webhookId),
                new("org_id", orgId),
                new("action", AuditActions.DeliveryCanceled),
            },
        });
        await using var reader = await batch.ExecuteAuditedAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? DeliveryStatusText.Parse(reader.GetString(0)) : null;
    }

    /// <summary>
    /// Cancels what a webhook has pending that is older than some time, oldest first, in statements of their own: what is canceled stays
    /// so, whatever ends the call.
    /// </summary>
    /// <param name="createdBefore">UTC; a time in the future is now.</param>
    /// <returns>Null when the organization has no such webhook.</returns>
    public async Task<CanceledBacklog?> CancelBacklogAsync(
        Guid orgId, Guid webhookId, DateTimeOffset createdBefore, CancellationToken cancellationToken)
    {
        if (await ReadBoundAsync(orgId, webhookId, createdBefore, cancellationToken) is not { } bound)
        {
            return null;
        }

        var began = clock.GetTimestamp();
        var (canceled, underWay) = (0, 0);
        Guid? last = Guid.Empty;
        while (last is { } after && clock.GetElapsedTime(began) < _patience)
        {
            // One entry tells of all that follows: it is written with the first that is canceled.
            var audited = canceled + underWay > 0;
            var chunk = await ConflictRetry.RunAsync(
                cancel => CancelChunkAsync(orgId, webhookId, bound, after, audited, cancel), cancellationToken);
            canceled += chunk.Canceled;
            underWay += chunk.UnderWay;
            last = chunk.Last;
        }

        return new CanceledBacklog(canceled, underWay, Complete: last is null);
    }

    /// <returns>The time before which deliveries are canceled; null when the organization has no such webhook.</returns>
    private async Task<DateTimeOffset?> ReadBoundAsync(
        Guid orgId, Guid webhookId, DateTimeOffset createdBefore, CancellationToken cancellationToken)
    {
        const string Sql = "SELECT least(@created_before, now()) FROM webhooks WHERE id = @id AND org_id = @org_id AND deleted_at IS NULL";
        await using var command = database.CreateCommand(Sql);
        command.Parameters.AddWithValue("id", webhookId);
        command.Parameters.AddWithValue("org_id", orgId);
        command.Parameters.AddWithValue("created_before", createdBefore.ToUniversalTime());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? reader.GetFieldValue<DateTimeOffset>(0) : null;
    }

    /// <summary>
    /// Cancels the next deliveries after an id. Its rows are locked in the order of their ids, as recording locks them. As many are looked
    /// at as may be canceled, so that the statement is as short when most of them are newer.
    /// </summary>
    /// <returns>What was canceled, and the last id that was looked at; null when there are no more.</returns>
    private async Task<(int Canceled, int UnderWay, Guid? Last)> CancelChunkAsync(
        Guid orgId, Guid webhookId, DateTimeOffset bound, Guid after, bool audited, CancellationToken cancellationToken)
    {
        const string Sql = $"""
            WITH seen AS MATERIALIZED (
                SELECT id, org_id, created_at FROM webhook_deliveries
                WHERE (webhook_id, id) > (@webhook_id, @after) AND (webhook_id, id) < (@webhook_id, @before_id)
                  AND id > @after AND id < @before_id AND status = 'pending'
                ORDER BY webhook_id, id
                LIMIT @limit
            ), locked AS (
                SELECT id FROM webhook_deliveries
                WHERE id = ANY (ARRAY (SELECT id FROM seen WHERE org_id = @org_id AND created_at < @bound)) AND status = 'pending'
                  AND (cancel_requested IS NULL OR lease_until IS NULL OR lease_until <= now())
                ORDER BY id
                FOR UPDATE
            ), canceled AS (
                UPDATE webhook_deliveries SET {Assignments}
                WHERE id = ANY (ARRAY (SELECT id FROM locked))
                RETURNING {StatisticsChanges.Columns}
            ), {StatisticsChanges.Canceled}, audited AS (
                INSERT INTO audit_entries (org_id, action, resource_kind, resource_id, webhook_id, changes)
                SELECT @org_id, @action, 'webhook', @webhook_id, @webhook_id,
                       webhook_changes(
                           NULL, jsonb_build_object('pending_created_before', webhook_time_text(@bound)), ARRAY['pending_created_before'])
                WHERE NOT @audited AND EXISTS (SELECT FROM canceled)
            )
            SELECT (SELECT count(*)::int FROM canceled WHERE status = 'canceled') AS canceled,
                   (SELECT count(*)::int FROM canceled WHERE status = 'pending') AS under_way,
                   CASE WHEN count(*) = @limit THEN (SELECT id FROM seen ORDER BY id DESC LIMIT 1) END AS last
            FROM seen
            """;
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(IndexOrder.Prefer());
        batch.BatchCommands.Add(new(Sql)
        {
            Parameters =
            {
                new("webhook_id", webhookId),
                new("org_id", orgId),
                new("bound", bound),
                new("after", after),
                new("before_id", DeliveryIdRange.FirstAfter(bound)),
                new("limit", (long)MostPerStatement),
                new("action", AuditActions.DeliveriesCanceled),
                new("audited", audited),
            },
        });
        await using var reader = await batch.ExecuteAuditedAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetInt32(0), reader.GetInt32(1), reader.IsDBNull(2) ? null : reader.GetGuid(2));
    }
}
