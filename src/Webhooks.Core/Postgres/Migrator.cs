using Microsoft.Extensions.Logging;
using Npgsql;

namespace Webhooks.Core.Postgres;

/// <summary>
/// The way of the database's schema to its newest version: the embedded SQL files in the order of their numbers, each once, under an
/// advisory lock.
/// </summary>
public sealed partial class Migrator(NpgsqlDataSource database, PartitionMaintenance partitions, ILogger<Migrator> logger)
{
    private const int OldestServer = 15;

    /// <summary>
    /// Applies what has not been applied, then makes the partitions that are needed. Safe to call from many processes at once.
    /// </summary>
    /// <returns>The names of the migrations that this call applied.</returns>
    /// <exception cref="InvalidOperationException">
    /// The database has a migration that this version does not know, or its server is older than PostgreSQL 15.
    /// </exception>
    public async Task<IReadOnlyList<string>> MigrateAsync(CancellationToken cancellationToken)
    {
        var applied = await ApplyMissingAsync(cancellationToken);
        await partitions.RunAsync(cancellationToken);
        return applied;
    }

    /// <summary>Throws when the server is too old for the schema.</summary>
    internal static void RequireServer(Version version)
    {
        if (version.Major < OldestServer)
        {
            throw new InvalidOperationException(
                $"The database server is PostgreSQL {version}. Webhooks needs PostgreSQL {OldestServer} or later: "
                + "upgrade the server, or point ConnectionStrings__Webhooks at a newer one.");
        }
    }

    private async Task<IReadOnlyList<string>> ApplyMissingAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        RequireServer(connection.PostgreSqlVersion);

        var applied = new List<string>();
        while (await ApplyNextAsync(connection, cancellationToken) is { } migration)
        {
            LogApplied(migration);
            applied.Add(migration);
        }

        return applied;
    }

    /// <summary>
    /// Applies the first migration that is missing. Each transaction has the lock for itself: a pooler may give the next one another
    /// session.
    /// </summary>
    /// <returns>Its name; null when none is missing.</returns>
    private static async Task<string?> ApplyNextAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await LockAsync(connection, cancellationToken);
        var missing = await FindMissingAsync(connection, cancellationToken);
        if (missing.Count > 0)
        {
            await ApplyAsync(connection, missing[0], cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return missing.Count > 0 ? missing[0].Name : null;
    }

    /// <summary>Waits for as long as another process migrates. The lock goes with the transaction.</summary>
    private static async Task LockAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT pg_advisory_xact_lock($1)", connection) { CommandTimeout = 0 };
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = AdvisoryLock.Migrations });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<IReadOnlyList<Migration>> FindMissingAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var applied = await ReadAppliedAsync(connection, cancellationToken);
        if (applied.Except(Migration.All.Select(migration => migration.Name)).ToArray() is { Length: > 0 } unknown)
        {
            throw new InvalidOperationException(
                $"The database has migrations that this version of Webhooks does not know ({string.Join(", ", unknown)}): "
                + "a newer version has migrated it. Run that version or a later one, or restore the database from before the upgrade.");
        }

        return [.. Migration.All.Where(migration => !applied.Contains(migration.Name))];
    }

    private static async Task<IReadOnlySet<string>> ReadAppliedAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        const string Sql = """
            CREATE TABLE IF NOT EXISTS schema_migrations (
                name       text PRIMARY KEY,
                applied_at timestamptz NOT NULL DEFAULT now()
            );
            SELECT name FROM schema_migrations ORDER BY name;
            """;
        await using var command = new NpgsqlCommand(Sql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var names = new SortedSet<string>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellationToken))
        {
            names.Add(reader.GetString(0));
        }

        return names;
    }

    private static async Task ApplyAsync(NpgsqlConnection connection, Migration migration, CancellationToken cancellationToken)
    {
        await using var schema = new NpgsqlCommand(migration.Sql, connection) { CommandTimeout = 0 };
        await schema.ExecuteNonQueryAsync(cancellationToken);

        await using var row = new NpgsqlCommand("INSERT INTO schema_migrations (name) VALUES ($1)", connection);
        row.Parameters.Add(new NpgsqlParameter<string> { TypedValue = migration.Name });
        await row.ExecuteNonQueryAsync(cancellationToken);
    }

    [LoggerMessage(1, LogLevel.Information, "webhook database: migration {Migration} applied")]
    private partial void LogApplied(string migration);
}
