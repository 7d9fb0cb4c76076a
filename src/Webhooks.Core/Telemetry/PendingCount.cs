using Npgsql;
using Webhooks.Core.Postgres;

namespace Webhooks.Core.Telemetry;

/// <summary>The count of pending deliveries for <see cref="WebhooksMetrics"/>. A host runs it every now and then.</summary>
public sealed class PendingCount(NpgsqlDataSource database, WebhooksMetrics metrics)
{
    /// <summary>The most that are counted: beyond, the exact number matters less than what counting costs.</summary>
    public const int MostCounted = 100_000;

    /// <summary>
    /// The number of deliveries, those due for longest, among which the oldest is looked for, and of those whose turn is next, among which
    /// the claimed ones are counted. With more pending than that, one whose next
    /// attempt is still to come may be older; one that is older than its attempts can take is overdue, and found.
    /// </summary>
    private const int MostExamined = 10_000;

    /// <summary>Counts, if anyone wants to know.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (metrics.WantsPending)
        {
            await CountAsync(cancellationToken);
        }
    }

    private async Task CountAsync(CancellationToken cancellationToken)
    {
        // Each order is that of a partial index that holds nothing but pending deliveries. At the end of the second are those that wait to
        // be pulled, and no backlog of ours: how long that takes is their receivers' affair. One whose webhook has waits of its own may be
        // of any age; it is overdue from when its attempt is due. One that is wanted later has no age before that.
        const string Sql = """
            SELECT
                (SELECT count(*) FROM (
                    SELECT webhook_id FROM webhook_deliveries WHERE status = 'pending'
                    ORDER BY webhook_id, id, next_attempt_at LIMIT @most_counted) AS pending),
                (SELECT greatest(now() - min(
                            CASE WHEN retry_delays IS NULL THEN greatest(longest_due.created_at, deliver_at) ELSE next_attempt_at END),
                        interval '0')
                 FROM (
                    SELECT webhook_id, created_at, deliver_at, next_attempt_at FROM webhook_deliveries
                    WHERE status = 'pending' AND greatest(next_attempt_at, lease_until) < 'infinity'
                    ORDER BY greatest(next_attempt_at, lease_until) LIMIT @most_examined) AS longest_due
                 JOIN webhooks ON webhooks.id = longest_due.webhook_id),
                (SELECT count(*) FROM (
                    SELECT id FROM webhook_deliveries WHERE status = 'pending' AND greatest(next_attempt_at, lease_until) <= now()
                    ORDER BY greatest(next_attempt_at, lease_until) LIMIT @most_counted) AS due),
                (SELECT greatest(now() - greatest(next_attempt_at, lease_until), interval '0') FROM webhook_deliveries
                 WHERE status = 'pending' AND greatest(next_attempt_at, lease_until) < 'infinity'
                 ORDER BY greatest(next_attempt_at, lease_until) LIMIT 1),
                (SELECT count(*) FILTER (WHERE lease_until > now()) FROM (
                    SELECT lease_until FROM webhook_deliveries
                    WHERE status = 'pending' AND greatest(next_attempt_at, lease_until) > now()
                      AND greatest(next_attempt_at, lease_until) < 'infinity'
                    ORDER BY greatest(next_attempt_at, lease_until) LIMIT @most_examined) AS next),
                paused.by_circuit, paused.by_receiver
            FROM (
                SELECT count(*) FILTER (WHERE paused_by = 'circuit') AS by_circuit,
                       count(*) FILTER (WHERE paused_by = 'retry_after') AS by_receiver
                FROM webhook_health WHERE paused_until > now()) AS paused
            """;
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(IndexOrder.Prefer());
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Sql)
        {
            Parameters = { new("most_counted", MostCounted), new("most_examined", MostExamined) },
        });
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        metrics.BacklogCounted(new CountedBacklog(
            Pending: reader.GetInt64(0),
            OldestPending: TimeOrZero(1),
            Due: reader.GetInt64(2),
            OldestDue: TimeOrZero(3),
            Leased: reader.GetInt64(4),
            PausedByCircuit: reader.GetInt64(5),
            PausedByReceiver: reader.GetInt64(6)));

        TimeSpan TimeOrZero(int column) => reader.IsDBNull(column) ? TimeSpan.Zero : reader.GetTimeSpan(column);
    }
}
