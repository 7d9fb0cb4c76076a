using Npgsql;
using Webhooks.Core.Health;
using Webhooks.Core.Postgres;

namespace Webhooks.Core.Deliveries;

/// <summary>What is due for webhooks that are paused, and stands before other webhooks' work.</summary>
public sealed class HeldBacklog(NpgsqlDataSource database)
{
    /// <summary>
    /// Parks it without a claim: each row is written once, and no payload is read. It stays out of the way of
    /// <see cref="DeliveryStore.ClaimDueAsync"/> until the end of the pause, and then for as long as it has been due already, within
    /// bounds; <see cref="DeliveryStore.ClaimForWebhooksAsync"/> finds it all the same. Tests are not held.
    /// </summary>
    /// <param name="limit">How many due deliveries are looked at, longest due first, whosever they are.</param>
    /// <param name="least">The least time after the pause.</param>
    /// <param name="most">The most time after the pause.</param>
    /// <param name="cancellationToken">Ends the statement.</param>
    /// <returns>How many it was, by webhook.</returns>
    public async Task<IReadOnlyDictionary<Guid, int>> ParkAsync(
        int limit, TimeSpan least, TimeSpan most, CancellationToken cancellationToken)
    {
        // Locked in the order of ids, and looked at again once locked: what somebody has claimed or canceled meanwhile is theirs.
        const string Sql = $"""
            WITH pause AS (
                SELECT webhook_id, greatest(paused_until, now()) AS until FROM webhook_health WHERE {HoldColumns.IsPaused}
            ), head AS (
                SELECT id, webhook_id FROM webhook_deliveries
                WHERE status = 'pending' AND greatest(next_attempt_at, lease_until) <= now()
                ORDER BY greatest(next_attempt_at, lease_until)
                LIMIT @limit
            ), held AS (
                SELECT id FROM webhook_deliveries
                WHERE id = ANY (ARRAY (SELECT id FROM head WHERE webhook_id IN (SELECT webhook_id FROM pause)))
                  AND status = 'pending' AND greatest(next_attempt_at, lease_until) <= now()
                  AND NOT test AND cancel_requested IS NOT TRUE
                ORDER BY id
                FOR UPDATE SKIP LOCKED
            ), parked AS (
                UPDATE webhook_deliveries AS delivery SET
                    lease_token = NULL, lease_until = pause.until + least(greatest(now() - next_attempt_at, @least), @most)
                FROM pause
                WHERE delivery.id = ANY (ARRAY (SELECT id FROM held)) AND pause.webhook_id = delivery.webhook_id
                RETURNING delivery.webhook_id
            )
            SELECT webhook_id, count(*)::int FROM parked GROUP BY webhook_id
            """;
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(IndexOrder.Prefer());
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Sql)
        {
            Parameters = { new("limit", limit), new("least", least), new("most", most) },
        });
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        var parked = new Dictionary<Guid, int>();
        while (await reader.ReadAsync(cancellationToken))
        {
            parked.Add(reader.GetGuid(0), reader.GetInt32(1));
        }

        return parked;
    }
}
