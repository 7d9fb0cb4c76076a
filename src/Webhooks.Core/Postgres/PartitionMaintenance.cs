using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;
using Webhooks.Core.Events;

namespace Webhooks.Core.Postgres;

/// <summary>
/// Keeps partitions of <c>webhook_deliveries</c>, one for each week (Monday 00:00 UTC): made ahead of time, dropped after
/// <see cref="WebhooksOptions.DeliveryRetention"/>. And forgets old idempotency keys.
/// </summary>
public sealed partial class PartitionMaintenance(
    NpgsqlDataSource database, WebhooksOptions options, TimeProvider clock, ILogger<PartitionMaintenance> logger)
{
    private const int WeeksAhead = 4;
    private const int KeysPerBatch = 5000;

    /// <summary>
    /// Makes the partitions from last week to some weeks ahead that are missing, and moves into them what the default partition holds of
    /// their range. Drops those whose last delivery is older than the retention, unless one of their deliveries is still pending.
    /// </summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await MakeMissingAsync(cancellationToken);
        await DropExpiredAsync(cancellationToken);
        await ForgetKeysAsync(cancellationToken);
    }

    /// <summary>Partitions that cannot be made now are left to the next run; the default partition takes their rows until then.</summary>
    private async Task MakeMissingAsync(CancellationToken cancellationToken)
    {
        foreach (var partition in await FindMissingAsync(cancellationToken))
        {
            try
            {
                if (await MakeAsync(partition, cancellationToken) is { } moved)
                {
                    LogMade(partition.Name, moved);
                }
            }
            catch (PostgresException busy) when (IsBusy(busy))
            {
                LogBusy(partition.Name, "made");
                return;
            }
        }
    }

    /// <summary>Last week counts, because a publisher may choose an event id that is as old as <see cref="EventIdentity.OldestOwnId"/>.</summary>
    private async Task<IReadOnlyList<DeliveryPartition>> FindMissingAsync(CancellationToken cancellationToken)
    {
        var thisWeek = DeliveryPartition.At(clock.GetUtcNow());
        var wanted = Enumerable.Range(-1, 1 + 1 + WeeksAhead).Select(thisWeek.AddWeeks).ToArray();

        await using var command = database.CreateCommand("SELECT to_regclass(name) IS NULL FROM unnest($1) WITH ORDINALITY AS wanted (name, position) ORDER BY position");
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. wanted.Select(partition => partition.Name)] });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var missing = new List<DeliveryPartition>();
        foreach (var partition in wanted)
        {
            await reader.ReadAsync(cancellationToken);
            if (reader.GetBoolean(0))
            {
                missing.Add(partition);
            }
        }

        return missing;
    }

    /// <returns>The number of rows moved into it; null when another process has made it meanwhile.</returns>
    private async Task<int?> MakeAsync(DeliveryPartition partition, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

        if (!await LockAsync(connection, partition, cancellationToken))
        {
            return null;
        }

        // In the order in which other transactions come to lock them (a webhook first, then its deliveries); what waits for
        // them makes others wait behind it, so it does not wait long. A foreign key is added to webhooks when it attaches.
        await ExecuteAsync(connection, """
            SET LOCAL lock_timeout = '3s';
            LOCK TABLE webhooks IN SHARE ROW EXCLUSIVE MODE;
            LOCK TABLE webhook_deliveries_default IN ACCESS EXCLUSIVE MODE;
            """, cancellationToken);
        await ExecuteAsync(connection, $"CREATE TABLE {partition.Name} (LIKE webhook_deliveries INCLUDING ALL)", cancellationToken);
        var moved = await ExecuteAsync(connection, $"""
            WITH moved AS (
                DELETE FROM webhook_deliveries_default WHERE id >= '{partition.From}' AND id < '{partition.To}' RETURNING *
            )
            INSERT INTO {partition.Name} SELECT * FROM moved
            """, cancellationToken);
        await ExecuteAsync(
            connection,
            $"ALTER TABLE webhook_deliveries ATTACH PARTITION {partition.Name} FOR VALUES FROM ('{partition.From}') TO ('{partition.To}')",
            cancellationToken);

        await transaction.CommitAsync(cancellationToken);
        return moved;
    }

    /// <returns>Whether the partition is still missing.</returns>
    private static async Task<bool> LockAsync(NpgsqlConnection connection, DeliveryPartition partition, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new("SELECT pg_advisory_xact_lock($1)")
                {
                    Parameters = { new NpgsqlParameter<long> { TypedValue = AdvisoryLock.Partitions } },
                },
                // Not by to_regclass, which may know no better than before the wait for the lock.
                new("SELECT NOT EXISTS (SELECT FROM pg_class WHERE relname = $1 AND relnamespace = current_schema()::regnamespace)")
                {
                    Parameters = { new NpgsqlParameter<string> { TypedValue = partition.Name } },
                },
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return reader.GetBoolean(0);
    }

    /// <summary>Partitions that cannot be dropped now are left to the next run.</summary>
    private async Task DropExpiredAsync(CancellationToken cancellationToken)
    {
        foreach (var name in await FindExpiredAsync(cancellationToken))
        {
            try
            {
                if (await DropAsync(name, cancellationToken))
                {
                    LogDropped(name);
                }
                else
                {
                    LogPending(name);
                }
            }
            catch (PostgresException busy) when (IsBusy(busy))
            {
                LogBusy(name, "dropped");
                return;
            }
        }
    }

    private async Task<IReadOnlyList<string>> FindExpiredAsync(CancellationToken cancellationToken)
    {
        // A week that ends before the oldest delivery to keep; names sort as their dates do.
        var oldestKept = DeliveryPartition.At(clock.GetUtcNow() - options.DeliveryRetention);
        await using var command = database.CreateCommand("""
            SELECT relname FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
            WHERE inhparent = 'webhook_deliveries'::regclass AND relname ~ '^webhook_deliveries_[0-9]{8}$' AND relname < $1
            ORDER BY relname
            """);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = oldestKept.Name });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var expired = new List<string>();
        while (await reader.ReadAsync(cancellationToken))
        {
            expired.Add(reader.GetString(0));
        }

        return expired;
    }

    /// <returns>Whether it was dropped, by this process or another; false when a delivery in it is still pending.</returns>
    private async Task<bool> DropAsync(string name, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

        // Dropping takes both, and in the order in which other transactions come to lock them.
        await ExecuteAsync(connection, """
            SET LOCAL lock_timeout = '3s';
            LOCK TABLE webhooks, webhook_deliveries IN ACCESS EXCLUSIVE MODE;
            """, cancellationToken);
        await using (var pending = new NpgsqlCommand("SELECT EXISTS (SELECT FROM webhook_deliveries WHERE tableoid = to_regclass($1) AND status = 'pending')", connection))
        {
            pending.Parameters.Add(new NpgsqlParameter<string> { TypedValue = name });
            if (await pending.ExecuteScalarAsync(cancellationToken) is true)
            {
                return false;
            }
        }

        await ExecuteAsync(connection, $"DROP TABLE IF EXISTS {name}", cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private static bool IsBusy(PostgresException failure) =>
        failure.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected;

    private static async Task<int> ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>In batches, so that no publisher waits long for a row that is being deleted.</summary>
    private async Task ForgetKeysAsync(CancellationToken cancellationToken)
    {
        const string Sql = """
            DELETE FROM event_keys WHERE ctid = ANY (ARRAY (
                SELECT ctid FROM event_keys WHERE created_at < @oldest ORDER BY created_at LIMIT @limit FOR UPDATE SKIP LOCKED))
            """;
        int forgotten;
        do
        {
            await using var command = database.CreateCommand(Sql);
            command.Parameters.AddWithValue("oldest", NpgsqlDbType.TimestampTz, clock.GetUtcNow() - EventIdentity.KeyLifetime);
            command.Parameters.AddWithValue("limit", KeysPerBatch);
            forgotten = await command.ExecuteNonQueryAsync(cancellationToken);
        }
        while (forgotten == KeysPerBatch);
    }

    [LoggerMessage(1, LogLevel.Information, "webhook database: partition {Partition} made, {Moved} rows moved into it")]
    private partial void LogMade(string partition, int moved);

    [LoggerMessage(2, LogLevel.Warning, "webhook database: partition {Partition} not {Done}, because its tables are busy; the next run tries again")]
    private partial void LogBusy(string partition, string done);

    [LoggerMessage(3, LogLevel.Information, "webhook database: partition {Partition} dropped, because its deliveries are older than the retention")]
    private partial void LogDropped(string partition);

    [LoggerMessage(4, LogLevel.Warning, "webhook database: partition {Partition} is older than the retention and kept, because a delivery in it is still pending")]
    private partial void LogPending(string partition);
}
