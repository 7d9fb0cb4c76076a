using Npgsql;
using Webhooks.Core.Postgres;

namespace Webhooks.Core.Recoveries;

/// <summary>
/// The rows of running recoveries, as those who run them change them. Times are the database's, and every change is judged by the row as it
/// is then: two who run the same recovery do nothing twice.
/// </summary>
public sealed class RecoveryProgress(NpgsqlDataSource database)
{
    private const int CountedPerStatement = 1000;

    /// <summary>Of the latest deliveries, those that succeeded tell how long the receiver takes.</summary>
    private const int LatestDeliveries = 2000;

    /// <summary>Running recoveries whose next step is due, longest due first.</summary>
    /// <param name="dueFor">For how long it has been due.</param>
    public async Task<IReadOnlyList<Guid>> DueAsync(TimeSpan dueFor, int limit, CancellationToken cancellationToken)
    {
        const string Sql = """
            SELECT id FROM webhook_recoveries WHERE state = 'running' AND next_step_at <= now() - @due_for
            ORDER BY next_step_at
            LIMIT @limit
            """;
        await using var command = database.CreateCommand(Sql);
        command.Parameters.AddWithValue("due_for", dueFor);
        command.Parameters.AddWithValue("limit", (long)limit);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadRowsAsync(row => row.GetGuid(0), cancellationToken);
    }

    /// <summary>Where a recovery stands; null when there is none. It is ended or paused when its webhook is gone or inactive.</summary>
    internal async Task<RecoveryStand?> FindAsync(Guid recoveryId, CancellationToken cancellationToken)
    {
        const string Sql = $"""
            WITH webhook AS (
                SELECT webhooks.id, active, deleted_at FROM webhook_recoveries JOIN webhooks ON webhooks.id = webhook_id
                WHERE webhook_recoveries.id = @id
            ), stopped AS (
                UPDATE webhook_recoveries SET
                    state = CASE WHEN webhook.deleted_at IS NULL THEN 'paused' ELSE 'canceled' END,
                    reason = CASE WHEN webhook.deleted_at IS NULL THEN 'webhook_inactive' ELSE 'webhook_deleted' END,
                    finished_at = CASE WHEN webhook.deleted_at IS NOT NULL THEN now() END
                FROM webhook
                WHERE webhook_recoveries.id = @id AND state = 'running' AND NOT (webhook.active AND webhook.deleted_at IS NULL)
                RETURNING webhook_recoveries.*
            ), forgotten AS (
                DELETE FROM recovery_deliveries WHERE recovery_id IN (SELECT id FROM stopped WHERE state = 'canceled')
            ), current AS (
                SELECT * FROM stopped
                UNION ALL
                SELECT * FROM webhook_recoveries WHERE id = @id AND NOT EXISTS (SELECT FROM stopped)
            )
            SELECT {RecoveryReader.Columns}, position, exhausted_at IS NOT NULL AS exhausted, next_step_at - now() AS next_in,
                   next_count_at <= now() AS count_is_due
            FROM current
            """;
        await using var command = database.CreateCommand(Sql);
        command.Parameters.AddWithValue("id", recoveryId);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new RecoveryStand(
                RecoveryReader.Read(reader),
                Position: reader.Value<Guid>("position"),
                Exhausted: reader.Value<bool>("exhausted"),
                NextIn: reader.Value<TimeSpan>("next_in"),
                CountIsDue: reader.Value<bool>("count_is_due"))
            : null;
    }

    /// <summary>What a webhook has to do, from a bounded part of each index.</summary>
    internal async Task<WebhookLoad> LoadOfAsync(Guid webhookId, CancellationToken cancellationToken)
    {
        const string Pending = """
            SELECT count(*)::int, count(*) FILTER (WHERE next_attempt_at <= now())::int
            FROM (
                SELECT next_attempt_at FROM webhook_deliveries
                WHERE (webhook_id, id) >= (@webhook_id, @first_id) AND (webhook_id, id) <= (@webhook_id, @last_id) AND status = 'pending'
                ORDER BY webhook_id, id
                LIMIT @limit
            ) AS pending
            """;
        const string Latest = """
            SELECT avg(duration_ms)::float8
            FROM (
                SELECT status, duration_ms FROM webhook_deliveries
                WHERE (webhook_id, id) >= (@webhook_id, @first_id) AND (webhook_id, id) <= (@webhook_id, @last_id)
                ORDER BY webhook_id DESC, id DESC
                LIMIT @limit
            ) AS latest
            WHERE status = 'succeeded'
            """;
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(IndexOrder.Prefer());
        batch.BatchCommands.Add(OfWebhook(Pending, RecoveryPace.MostPending));
        batch.BatchCommands.Add(OfWebhook(Latest, LatestDeliveries));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var (pending, due) = (reader.GetInt32(0), reader.GetInt32(1));
        await reader.NextResultAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new WebhookLoad(
            pending, due, reader.IsDBNull(0) ? null : TimeSpan.FromMilliseconds(reader.GetDouble(0)));

        NpgsqlBatchCommand OfWebhook(string sql, int limit) => new(sql)
        {
            Parameters =
            {
                new("webhook_id", webhookId),
                new("first_id", Guid.Empty),
                new("last_id", Guid.AllBitsSet),
                new("limit", (long)limit),
            },
        };
    }

    /// <summary>Counts the redeliveries that have ended since they were counted last, each once.</summary>
    internal async Task CountEndedAsync(Guid recoveryId, CancellationToken cancellationToken)
    {
        Guid? last = Guid.Empty;
        while (last is { } after)
        {
            last = await ConflictRetry.RunAsync(cancel => CountEndedAsync(recoveryId, after, cancel), cancellationToken);
        }
    }

    /// <summary>Says when the next step of a recovery is due that has nothing to do now.</summary>
    internal Task WaitAsync(Guid recoveryId, CancellationToken cancellationToken)
    {
        // The longer a recovery waits for the last of its redeliveries, the longer they will take: they wait for their own retries.
        const string Sql = """
            UPDATE webhook_recoveries SET
                next_step_at = now() + least(greatest((now() - exhausted_at) / 4, interval '1 second'), interval '1 minute')
            WHERE id = @id AND state = 'running'
            """;
        return ExecuteAsync(Sql, recoveryId, cancellationToken);
    }

    /// <summary>Finishes a recovery that has made all of its redeliveries, if all of them have ended.</summary>
    internal Task FinishAsync(Guid recoveryId, CancellationToken cancellationToken)
    {
        const string Sql = """
            UPDATE webhook_recoveries SET state = 'finished', finished_at = now(), total = redelivered
            WHERE id = @id AND state = 'running' AND exhausted_at IS NOT NULL
              AND NOT EXISTS (SELECT FROM recovery_deliveries WHERE recovery_id = @id)
            """;
        return ExecuteAsync(Sql, recoveryId, cancellationToken);
    }

    /// <returns>The last id that was looked at; null when there are no more.</returns>
    private async Task<Guid?> CountEndedAsync(Guid recoveryId, Guid after, CancellationToken cancellationToken)
    {
        // A redelivery that is gone was dropped by retention. Those that another has just counted are not deleted again, nor counted.
        const string Sql = """
            WITH outstanding AS MATERIALIZED (
                SELECT delivery_id FROM recovery_deliveries WHERE recovery_id = @id AND delivery_id > @after
                ORDER BY delivery_id
                LIMIT @limit
            ), ended AS MATERIALIZED (
                SELECT outstanding.delivery_id, delivery.status
                FROM outstanding LEFT JOIN LATERAL (
                    SELECT status FROM webhook_deliveries WHERE id = outstanding.delivery_id
                ) AS delivery ON true
                WHERE delivery.status IS DISTINCT FROM 'pending'
            ), counted AS (
                DELETE FROM recovery_deliveries
                WHERE recovery_id = @id AND delivery_id = ANY (ARRAY (SELECT delivery_id FROM ended))
                RETURNING delivery_id
            ), sums AS (
                SELECT count(*) FILTER (WHERE status = 'succeeded') AS done,
                       count(*) FILTER (WHERE status IS DISTINCT FROM 'succeeded') AS failed
                FROM ended WHERE delivery_id IN (SELECT delivery_id FROM counted)
            ), updated AS (
                UPDATE webhook_recoveries SET
                    done = webhook_recoveries.done + sums.done,
                    failed = webhook_recoveries.failed + sums.failed,
                    next_count_at = now() + interval '2 seconds'
                FROM sums WHERE id = @id
            )
            SELECT delivery_id FROM outstanding ORDER BY delivery_id OFFSET @limit - 1
            """;
        await using var command = database.CreateCommand(Sql);
        command.Parameters.AddWithValue("id", recoveryId);
        command.Parameters.AddWithValue("after", after);
        command.Parameters.AddWithValue("limit", (long)CountedPerStatement);
        return (Guid?)await command.ExecuteScalarAsync(cancellationToken);
    }

    private async Task ExecuteAsync(string sql, Guid recoveryId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.AddWithValue("id", recoveryId);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
