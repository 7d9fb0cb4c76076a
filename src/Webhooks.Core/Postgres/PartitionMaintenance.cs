using Microsoft.Extensions.Logging;
using Npgsql;
using Webhooks.Core.Events;
using Webhooks.Core.Idempotency;
using Webhooks.Core.Inbox;
using Webhooks.Core.Statistics;

namespace Webhooks.Core.Postgres;

/// <summary>
/// The keeper of the partitions of <c>webhook_deliveries</c>, one for each week (Monday 00:00 UTC): made ahead of time, dropped after
/// <see cref="WebhooksOptions.DeliveryRetention"/>. It also forgets old idempotency keys, events that were published in transactions and
/// refused, operational events that have been published, old audit entries, and secrets that have been replaced.
/// </summary>
/// <remarks>
/// Weeks and ages are told by the database's clock, which is the same for all processes. When this process's clock says something else,
/// one of the two is wrong, and nobody knows which: then nothing is dropped or forgotten.
/// </remarks>
public sealed partial class PartitionMaintenance(
    NpgsqlDataSource database, WebhooksOptions options, TimeProvider clock, ILogger<PartitionMaintenance> logger)
{
    private const int WeeksAhead = 4;
    private const int RowsPerBatch = 5000;

    /// <summary>The difference between clocks from which one of them is wrong, not merely imprecise.</summary>
    private static readonly TimeSpan _largestDifference = TimeSpan.FromMinutes(2);

    /// <summary>How long an operational event is known as published: longer than the hour that there may be one for.</summary>
    private static readonly TimeSpan _signalLifetime = TimeSpan.FromDays(1);

    private volatile bool _clocksDiffer;

    /// <summary>
    /// Makes the partitions from last week to some weeks ahead that are missing, and moves into them what the default partition holds of
    /// their range. Drops those whose last delivery is older than the retention, unless one of their deliveries is still pending.
    /// </summary>
    /// <returns>Whether ages can be told: false while the clocks differ.</returns>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        var (now, difference) = await ReadClockAsync(cancellationToken);
        await MakeMissingAsync(now, cancellationToken);
        if (!ClocksAgree(difference))
        {
            return false;
        }

        await DropExpiredAsync(now, cancellationToken);
        await ForgetAsync("event_keys", "created_at", EventIdentity.KeyLifetime, cancellationToken);
        await ForgetAsync("request_keys", "created_at", RequestKey.Lifetime, cancellationToken);
        await ForgetAsync("event_inbox", "refused_at", EventInbox.RefusedLifetime, cancellationToken);
        await ForgetAsync("webhook_signals", "published_at", _signalLifetime, cancellationToken);
        foreach (var interval in StatisticsIntervals.All)
        {
            // A span that is asked for is kept whole.
            var lifetime = options.Statistics.RetentionOf(interval) + interval.Length();
            await ForgetAsync("webhook_statistics", "at", lifetime, $"minutes = {interval.Minutes()}", cancellationToken);
        }

        await ForgetLateDeliveriesAsync(cancellationToken);
        await ForgetAuditAsync(cancellationToken);
        await ErasePreviousSecretsAsync(cancellationToken);
        return true;
    }

    /// <summary>The database's time, and by how much this process's clock is ahead of it at least; negative when it is behind.</summary>
    private async Task<(DateTimeOffset Now, TimeSpan Difference)> ReadClockAsync(CancellationToken cancellationToken)
    {
        var before = clock.GetUtcNow();
        await using var command = database.CreateCommand("SELECT now()");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var now = reader.GetFieldValue<DateTimeOffset>(0);
        var after = clock.GetUtcNow();
        return (now, now < before ? before - now : now > after ? after - now : TimeSpan.Zero);
    }

    /// <summary>Whether both clocks can be right; says so in the log when that changes.</summary>
    private bool ClocksAgree(TimeSpan difference)
    {
        var differ = difference.Duration() > _largestDifference;
        if (differ && !_clocksDiffer)
        {
            LogClocksDiffer(difference.Duration(), difference > TimeSpan.Zero ? "ahead of" : "behind");
        }
        else if (!differ && _clocksDiffer)
        {
            LogClocksAgree();
        }

        _clocksDiffer = differ;
        return !differ;
    }

    /// <summary>Partitions that cannot be made now are left to the next run; the default partition takes their rows until then.</summary>
    private async Task MakeMissingAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        foreach (var partition in await FindMissingAsync(now, cancellationToken))
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

    /// <summary>
    /// The weeks that have no partition. Last week counts, because a publisher may choose an event id that is as old as
    /// <see cref="EventIdentity.OldestOwnId"/>.
    /// </summary>
    private async Task<IReadOnlyList<DeliveryPartition>> FindMissingAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string Sql = """
            SELECT to_regclass(name) IS NULL FROM unnest($1) WITH ORDINALITY AS wanted (name, position) ORDER BY position
            """;
        var thisWeek = DeliveryPartition.At(now);
        var wanted = Enumerable.Range(-1, 1 + 1 + WeeksAhead).Select(thisWeek.AddWeeks).ToArray();

        await using var command = database.CreateCommand(Sql);
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
    private async Task DropExpiredAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        foreach (var (name, attached) in await FindExpiredAsync(now, cancellationToken))
        {
            try
            {
                if (attached && !await DetachAsync(name, cancellationToken))
                {
                    LogPending(name);
                    continue;
                }

                await DropAsync(name, cancellationToken);
                LogDropped(name);
            }
            catch (PostgresException busy) when (IsBusy(busy))
            {
                LogBusy(name, "dropped");
                return;
            }
        }
    }

    /// <summary>
    /// The weeks that end before the oldest delivery to keep, those among them that a run before detached and could not drop.
    /// </summary>
    private async Task<IReadOnlyList<(string Name, bool Attached)>> FindExpiredAsync(
        DateTimeOffset now, CancellationToken cancellationToken)
    {
        // Names sort as their dates do.
        const string Sql = """
            SELECT relname, EXISTS (SELECT FROM pg_inherits WHERE inhrelid = pg_class.oid) AS attached
            FROM pg_class
            WHERE relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = 'webhook_deliveries'::regclass) AND relkind = 'r'
              AND relname ~ '^webhook_deliveries_[0-9]{8}$' AND relname < $1
            ORDER BY relname
            """;
        var oldestKept = DeliveryPartition.At(now - options.DeliveryRetention);
        await using var command = database.CreateCommand(Sql);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = oldestKept.Name });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadRowsAsync(row => (row.GetString(0), row.GetBoolean(1)), cancellationToken);
    }

    /// <summary>
    /// Takes a partition out of the table, and its foreign key away, so that the locks which everybody else needs are held for a moment
    /// only, however large it is.
    /// </summary>
    /// <returns>Whether it is detached, by this process or another; false when a delivery in it is still pending.</returns>
    private async Task<bool> DetachAsync(string name, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

        // Detaching takes both, and in the order in which other transactions come to lock them.
        await ExecuteAsync(connection, """
            SET LOCAL lock_timeout = '3s';
            LOCK TABLE webhooks, webhook_deliveries IN ACCESS EXCLUSIVE MODE;
            """, cancellationToken);
        var attached = $"SELECT EXISTS (SELECT FROM pg_inherits WHERE inhrelid = to_regclass('{name}'))";
        if (!await AskAsync(connection, attached, cancellationToken))
        {
            return true;
        }

        if (await AskAsync(connection, $"SELECT EXISTS (SELECT FROM {name} WHERE status = 'pending')", cancellationToken))
        {
            return false;
        }

        await ExecuteAsync(connection, $"ALTER TABLE webhook_deliveries DETACH PARTITION {name}", cancellationToken);
        foreach (var foreignKey in await FindForeignKeysAsync(connection, name, cancellationToken))
        {
            await ExecuteAsync(connection, $"ALTER TABLE {name} DROP CONSTRAINT {foreignKey}", cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <returns>Their names, quoted where they need it.</returns>
    private static async Task<IReadOnlyList<string>> FindForeignKeysAsync(
        NpgsqlConnection connection, string name, CancellationToken cancellationToken)
    {
        const string Sql = "SELECT quote_ident(conname) FROM pg_constraint WHERE conrelid = to_regclass($1) AND contype = 'f'";
        await using var command = new NpgsqlCommand(Sql, connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = name });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadRowsAsync(row => row.GetString(0), cancellationToken);
    }

    /// <summary>Drops a partition that is detached; nobody reads it any more.</summary>
    private async Task DropAsync(string name, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(connection, $"SET LOCAL lock_timeout = '3s'; DROP TABLE IF EXISTS {name}", cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private static bool IsBusy(PostgresException failure) =>
        failure.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected;

    private static async Task<int> ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<bool> AskAsync(NpgsqlConnection connection, string question, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(question, connection);
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    private Task ForgetAsync(string table, string since, TimeSpan lifetime, CancellationToken cancellationToken) =>
        ForgetAsync(table, since, lifetime, "true", cancellationToken);

    /// <summary>In batches, so that nobody waits long for a row that is being deleted.</summary>
    private async Task ForgetAsync(
        string table, string since, TimeSpan lifetime, string condition, CancellationToken cancellationToken)
    {
        var sql = $"""
            DELETE FROM {table} WHERE ctid = ANY (ARRAY (
                SELECT ctid FROM {table} WHERE {condition} AND {since} < now() - @lifetime
                ORDER BY {since} LIMIT @limit FOR UPDATE SKIP LOCKED))
            """;
        int forgotten;
        do
        {
            await using var command = database.CreateCommand(sql);
            command.Parameters.AddWithValue("lifetime", lifetime);
            command.Parameters.AddWithValue("limit", RowsPerBatch);
            forgotten = await command.ExecuteNonQueryAsync(cancellationToken);
        }
        while (forgotten == RowsPerBatch);
    }

    /// <summary>
    /// Forgets which deliveries came late of those that are dropped: a partition holds a week, and ids as old as may be chosen.
    /// </summary>
    private async Task ForgetLateDeliveriesAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("DELETE FROM late_deliveries WHERE created_at < now() - @age");
        command.Parameters.AddWithValue("age", options.DeliveryRetention + EventIdentity.OldestOwnId + TimeSpan.FromDays(7));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>
    /// Forgets audit entries that are older than <see cref="WebhooksOptions.AuditRetention"/>, by the only function that deletes any.
    /// </summary>
    private async Task ForgetAuditAsync(CancellationToken cancellationToken)
    {
        int forgotten;
        do
        {
            await using var command = database.CreateCommand("SELECT webhook_forget_audit(@lifetime, @most)");
            command.Parameters.AddWithValue("lifetime", options.AuditRetention);
            command.Parameters.AddWithValue("most", RowsPerBatch);
            forgotten = (int)(await command.ExecuteScalarAsync(cancellationToken))!;
        }
        while (forgotten == RowsPerBatch);
    }

    /// <summary>Those whose overlap has ended: nothing signs with them. A minute later, when every server has seen that end.</summary>
    private async Task ErasePreviousSecretsAsync(CancellationToken cancellationToken)
    {
        const string Sql = """
            UPDATE webhooks SET previous_secret = NULL, previous_secret_expires_at = NULL
            WHERE previous_secret IS NOT NULL AND previous_secret_expires_at < now() - interval '1 minute'
            """;
        await using var command = database.CreateCommand(Sql);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    [LoggerMessage(1, LogLevel.Information, "webhook database: partition {Partition} made, {Moved} rows moved into it")]
    private partial void LogMade(string partition, int moved);

    [LoggerMessage(2, LogLevel.Warning,
        "webhook database: partition {Partition} not {Done}, because its tables are busy; the next run tries again")]
    private partial void LogBusy(string partition, string done);

    [LoggerMessage(3, LogLevel.Information,
        "webhook database: partition {Partition} dropped, because its deliveries are older than the retention")]
    private partial void LogDropped(string partition);

    [LoggerMessage(4, LogLevel.Warning,
        "webhook database: partition {Partition} is older than the retention and kept, because a delivery in it is still pending")]
    private partial void LogPending(string partition);

    [LoggerMessage(5, LogLevel.Error,
        "webhook database: this process's clock is {Difference} {Direction} the database's, so one of them is wrong, and nothing is dropped"
        + " or forgotten until they agree. Compare both with the time, and let NTP set the wrong one")]
    private partial void LogClocksDiffer(TimeSpan difference, string direction);

    [LoggerMessage(6, LogLevel.Information, "webhook database: the clocks of this process and of the database agree again")]
    private partial void LogClocksAgree();
}
