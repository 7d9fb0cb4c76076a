using Npgsql;
using NpgsqlTypes;
using Webhooks.Core.Deliveries;
using Webhooks.Core.Postgres;

namespace Webhooks.Core.Pull;

/// <summary>
/// The leases of deliveries that receivers pull (table <c>pull_leases</c>). A delivery has the token of its lease as one that is attempted
/// has; so its result is recorded once, by whoever comes first, and a row that is left here when that has happened means nothing.
/// </summary>
public sealed class PullStore(NpgsqlDataSource database)
{
    /// <summary>Claims due deliveries of a webhook, oldest first, skipping what others are claiming.</summary>
    /// <param name="limit">The most to claim.</param>
    /// <returns>The claims; or why there can be none.</returns>
    internal async Task<(IReadOnlyList<ClaimedDelivery> Claims, PullOutcome? Refusal)> ClaimAsync(
        Guid orgId, Guid webhookId, int limit, CancellationToken cancellationToken)
    {
        const string Find = "SELECT mode = 'pull', active FROM webhooks WHERE id = @id AND org_id = @org_id AND deleted_at IS NULL";

        // The one that passes the bound is in, so that the largest payload can be pulled, too.
        const string Claim = $"""
            WITH waiting AS MATERIALIZED (
                SELECT id, coalesce(pg_column_size(sent_body), pg_column_size(payload)) AS size FROM webhook_deliveries
                WHERE (webhook_id, id) >= (@id, @first_id) AND (webhook_id, id) <= (@id, @last_id)
                  AND status = 'pending' AND next_attempt_at <= now() AND lease_until = 'infinity' AND lease_token IS NULL
                  AND EXISTS (
                      SELECT FROM webhooks
                      WHERE webhooks.id = @id AND org_id = @org_id AND deleted_at IS NULL AND active AND mode = 'pull')
                ORDER BY webhook_id, id
                LIMIT @limit
                FOR UPDATE SKIP LOCKED
            ), due AS MATERIALIZED (
                SELECT id
                FROM (SELECT id, sum(size) OVER (ORDER BY id ROWS UNBOUNDED PRECEDING) - size AS before FROM waiting) AS summed
                WHERE before < @most_bytes
            ), leased AS (
                INSERT INTO pull_leases AS lease (delivery_id, lease_token, org_id, webhook_id, lease_until)
                SELECT id, @lease_token, @org_id, @id, now() + @lease FROM due ORDER BY id
                ON CONFLICT (delivery_id) DO UPDATE SET
                    lease_token = excluded.lease_token, leased_at = excluded.leased_at, lease_until = excluded.lease_until
            ), claimed AS (
                UPDATE webhook_deliveries SET lease_token = @lease_token
                WHERE id = ANY (ARRAY (SELECT id FROM due))
                {DeliveryStore.ClaimedRows}
            """;
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new(Find) { Parameters = { new("id", webhookId), new("org_id", orgId) } });
        batch.BatchCommands.Add(IndexOrder.Prefer());
        batch.BatchCommands.Add(new(Claim)
        {
            Parameters =
            {
                new("id", webhookId),
                new("org_id", orgId),
                new("first_id", Guid.Empty),
                new("last_id", Guid.AllBitsSet),
                new("limit", (long)limit),
                new("most_bytes", (long)PullLease.MostBytes),
                new("lease", PullLease.Time),
                new("lease_token", Guid.NewGuid()),
            },
        });
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            return ([], new PullOutcome.NoWebhook());
        }

        if (!reader.GetBoolean(0))
        {
            return ([], new PullOutcome.NotPulled());
        }

        if (!reader.GetBoolean(1))
        {
            return ([], new PullOutcome.Inactive());
        }

        await reader.NextResultAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        return (await ReadAsync(reader, cancellationToken), null);
    }

    /// <summary>Whether an organization has a webhook, whatever its mode is now.</summary>
    internal async Task<bool> HasWebhookAsync(Guid orgId, Guid webhookId, CancellationToken cancellationToken)
    {
        const string Sql = "SELECT EXISTS (SELECT FROM webhooks WHERE id = $1 AND org_id = $2 AND deleted_at IS NULL)";
        await using var command = database.CreateCommand(Sql);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = webhookId });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = orgId });
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    /// <summary>The claims that certain leases are of, as far as nobody has recorded a result; without their bodies.</summary>
    /// <param name="leases">Deliveries and their tokens.</param>
    /// <param name="webhookId">The webhook that they must be of; null for any.</param>
    internal async Task<IReadOnlyList<ClaimedDelivery>> FindAsync(
        IReadOnlyCollection<(Guid DeliveryId, Guid Token)> leases, Guid? webhookId, CancellationToken cancellationToken)
    {
        const string Sql = """
            SELECT delivery.id, delivery.lease_token, delivery.webhook_id, delivery.org_id, delivery.event_id, delivery.event, '' AS body,
                   delivery.attempt_number, delivery.test, webhooks.url, webhooks.secret,
                   webhooks.active AND webhooks.deleted_at IS NULL AS webhook_active, delivery.created_at, delivery.trace_parent,
                   delivery.next_trigger, delivery.cancel_requested, webhooks.retry_delays, webhooks.timeout_seconds,
                   NULL::text AS previous_secret, webhooks.secret_promoted, lease.leased_at AS claimed_at, delivery.deliver_at,
                   webhooks.headers, webhooks.transform_id, NULL::text AS sent_headers, true AS pulled
            FROM unnest(@ids, @tokens) AS held (id, token)
            JOIN pull_leases AS lease ON lease.delivery_id = held.id AND lease.lease_token = held.token
            JOIN webhook_deliveries AS delivery ON delivery.id = lease.delivery_id AND delivery.lease_token = lease.lease_token
            JOIN webhooks ON webhooks.id = delivery.webhook_id
            WHERE delivery.id = ANY (@ids) AND (@webhook_id IS NULL OR delivery.webhook_id = @webhook_id)
            """;
        await using var command = database.CreateCommand(Sql);
        AddLeases(command, leases);
        command.Parameters.Add(NullableParameter.Create("webhook_id", NpgsqlDbType.Uuid, webhookId));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await ReadAsync(reader, cancellationToken);
    }

    /// <summary>Leases that have ended, longest ended first.</summary>
    internal async Task<IReadOnlyList<(Guid DeliveryId, Guid Token)>> FindEndedAsync(int limit, CancellationToken cancellationToken)
    {
        const string Sql =
            "SELECT delivery_id, lease_token FROM pull_leases WHERE lease_until <= now() ORDER BY lease_until LIMIT $1";
        await using var command = database.CreateCommand(Sql);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = limit });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadRowsAsync(row => (row.GetGuid(0), row.GetGuid(1)), cancellationToken);
    }

    /// <summary>Forgets leases whose results are recorded.</summary>
    internal async Task ForgetAsync(IReadOnlyCollection<(Guid DeliveryId, Guid Token)> leases, CancellationToken cancellationToken)
    {
        // Locked in the order in which a claim locks them.
        const string Sql = """
            WITH ended AS (
                SELECT delivery_id FROM pull_leases JOIN unnest(@ids, @tokens) AS held (id, token)
                  ON delivery_id = id AND lease_token = token
                ORDER BY delivery_id
                FOR UPDATE OF pull_leases
            )
            DELETE FROM pull_leases WHERE delivery_id IN (SELECT delivery_id FROM ended)
            """;
        await ConflictRetry.RunAsync(ExecuteAsync, cancellationToken);

        async Task<int> ExecuteAsync(CancellationToken cancel)
        {
            await using var command = database.CreateCommand(Sql);
            AddLeases(command, leases);
            return await command.ExecuteNonQueryAsync(cancel);
        }
    }

    /// <summary>
    /// Webhooks that are not active any more, and have deliveries that are due and wait to be pulled. Those that were deleted long ago have
    /// none.
    /// </summary>
    internal async Task<IReadOnlyList<(Guid OrgId, Guid WebhookId)>> FindStoppedAsync(CancellationToken cancellationToken)
    {
        const string Sql = """
            SELECT org_id, webhooks.id
            FROM webhooks CROSS JOIN LATERAL (
                SELECT FROM webhook_deliveries
                WHERE webhook_id = webhooks.id AND status = 'pending' AND next_attempt_at <= now() AND lease_token IS NULL
                ORDER BY webhook_id, id
                LIMIT 1
            ) AS waiting
            WHERE mode = 'pull' AND NOT active AND (deleted_at IS NULL OR deleted_at > now() - interval '30 days')
            """;
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(IndexOrder.Prefer());
        batch.BatchCommands.Add(new(Sql));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        return await reader.ReadRowsAsync(row => (row.GetGuid(0), row.GetGuid(1)), cancellationToken);
    }

    private static void AddLeases(NpgsqlCommand command, IReadOnlyCollection<(Guid DeliveryId, Guid Token)> leases)
    {
        command.Parameters.AddWithValue("ids", leases.Select(lease => lease.DeliveryId).ToArray());
        command.Parameters.AddWithValue("tokens", leases.Select(lease => lease.Token).ToArray());
    }

    private static async Task<IReadOnlyList<ClaimedDelivery>> ReadAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        var row = new ClaimReader(reader);
        var claims = new List<ClaimedDelivery>();
        while (await reader.ReadAsync(cancellationToken))
        {
            claims.Add(row.Read());
        }

        return claims;
    }
}
