using Npgsql;
using NpgsqlTypes;
using Webhooks.Core.Postgres;

namespace Webhooks.Core.Statistics;

/// <summary>
/// The chore that adds what statements have changed to the counts. Each step takes some changes and adds them in one transaction, so that
/// each counts once, whoever ends when; several processes take different ones, and lock the counts in the same order.
/// </summary>
public sealed class StatisticsFolding(NpgsqlDataSource database)
{
    /// <summary>Rows of changes in one transaction, each with up to thousands of entries.</summary>
    internal const int MostAtOnce = 500;

    /// <summary>Adds up what there is.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        int taken;
        do
        {
            taken = await ConflictRetry.RunAsync(FoldAsync, cancellationToken);
        }
        while (taken == MostAtOnce);
    }

    private async Task<int> FoldAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var (taken, tally) = await TakeAsync(connection, cancellationToken);
        if (taken > 0)
        {
            await AddAsync(connection, tally, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return taken;
    }

    private static async Task<(int Taken, StatisticsTally Tally)> TakeAsync(
        NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        const string Sql = $"""
            DELETE FROM webhook_statistics_changes WHERE id = ANY (ARRAY (
                SELECT id FROM webhook_statistics_changes ORDER BY id LIMIT @most FOR UPDATE SKIP LOCKED))
            RETURNING {StatisticsChanges.ReadColumns}
            """;
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(IndexOrder.Prefer());
        batch.BatchCommands.Add(new("SELECT since FROM webhook_statistics_start"));
        batch.BatchCommands.Add(new(Sql) { Parameters = { new("most", (long)MostAtOnce) } });
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var tally = new StatisticsTally(reader.GetFieldValue<DateTimeOffset>(0));
        await reader.NextResultAsync(cancellationToken);
        var taken = 0;
        for (; await reader.ReadAsync(cancellationToken); taken++)
        {
            foreach (var entry in StatisticsChanges.Read(reader))
            {
                tally.Add(entry);
            }
        }

        return (taken, tally);
    }

    private static async Task AddAsync(NpgsqlConnection connection, StatisticsTally tally, CancellationToken cancellationToken)
    {
        const string Sql = """
            INSERT INTO webhook_statistics AS known
                (minutes, org_id, webhook_id, at, event, error, deliveries, succeeded, failed, canceled, skipped, first_attempt,
                 ended_attempts, attempts, failed_attempts, durations)
            SELECT minutes, org_id, webhook_id, at, event, error, deliveries, succeeded, failed, canceled, skipped, first_attempt,
                   ended_attempts, attempts, failed_attempts, durations::int[]
            FROM unnest(
                @minutes, @org_ids, @webhook_ids, @at, @events, @errors, @deliveries, @succeeded, @failed, @canceled, @skipped,
                @first_attempt, @ended_attempts, @attempts, @failed_attempts, @durations)
                AS added (minutes, org_id, webhook_id, at, event, error, deliveries, succeeded, failed, canceled, skipped, first_attempt,
                          ended_attempts, attempts, failed_attempts, durations)
            ORDER BY minutes, org_id, webhook_id, at, event, error
            ON CONFLICT (minutes, org_id, webhook_id, at, event, error) DO UPDATE SET
                deliveries = known.deliveries + excluded.deliveries,
                succeeded = known.succeeded + excluded.succeeded,
                failed = known.failed + excluded.failed,
                canceled = known.canceled + excluded.canceled,
                skipped = known.skipped + excluded.skipped,
                first_attempt = known.first_attempt + excluded.first_attempt,
                ended_attempts = known.ended_attempts + excluded.ended_attempts,
                attempts = known.attempts + excluded.attempts,
                failed_attempts = known.failed_attempts + excluded.failed_attempts,
                durations = CASE
                    WHEN excluded.durations = '{}' THEN known.durations
                    ELSE ARRAY (
                        SELECT coalesce(before, 0) + coalesce(more, 0)
                        FROM unnest(known.durations, excluded.durations) WITH ORDINALITY AS bucket (before, more, place)
                        ORDER BY place)
                    END
            """;
        var rows = tally.Rows().Where(row => !row.Value.IsEmpty).ToArray();
        await using var add = new NpgsqlCommand(Sql, connection);
        add.Parameters.AddWithValue("minutes", Keys(row => row.Interval.Minutes()));
        add.Parameters.AddWithValue("org_ids", Keys(row => row.Key.OrgId));
        add.Parameters.AddWithValue("webhook_ids", Keys(row => row.Key.WebhookId));
        add.Parameters.AddWithValue("at", NpgsqlDbType.Array | NpgsqlDbType.TimestampTz, Keys(row => row.Key.At));
        add.Parameters.AddWithValue("events", Keys(row => row.Key.Event));
        add.Parameters.AddWithValue("errors", Keys(row => row.Key.Error));
        add.Parameters.AddWithValue("deliveries", Values(counts => counts.Deliveries));
        add.Parameters.AddWithValue("succeeded", Values(counts => counts.Succeeded));
        add.Parameters.AddWithValue("failed", Values(counts => counts.Failed));
        add.Parameters.AddWithValue("canceled", Values(counts => counts.Canceled));
        add.Parameters.AddWithValue("skipped", Values(counts => counts.Skipped));
        add.Parameters.AddWithValue("first_attempt", Values(counts => counts.FirstAttempt));
        add.Parameters.AddWithValue("ended_attempts", Values(counts => counts.EndedAttempts));
        add.Parameters.AddWithValue("attempts", Values(counts => counts.Attempts));
        add.Parameters.AddWithValue("failed_attempts", Values(counts => counts.FailedAttempts));
        add.Parameters.AddWithValue("durations", Values(counts => counts.Durations.ToArrayText()));
        await add.ExecuteNonQueryAsync(cancellationToken);

        T[] Keys<T>(Func<(StatisticsInterval Interval, StatisticsKey Key), T> part) => Array.ConvertAll(rows, row => part(row.Key));
        T[] Values<T>(Func<DeliveryCounts, T> part) => Array.ConvertAll(rows, row => part(row.Value));
    }
}
