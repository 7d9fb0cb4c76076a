using Npgsql;

namespace Webhooks.Core.Postgres;

/// <summary>
/// Whether a delivery could be written now. Asks for all that the database can say without writing one, in one statement.
/// </summary>
public sealed class DatabaseReadiness(NpgsqlDataSource database, DatabaseSessions sessions)
{
    /// <summary>What keeps a delivery from being written; null when nothing does.</summary>
    /// <param name="cancellationToken">Ends the wait for an answer.</param>
    public async Task<string?> FindObstacleAsync(CancellationToken cancellationToken)
    {
        const string Sql = """
            SELECT CASE
                WHEN pg_is_in_recovery() THEN 'The database is a standby: point ConnectionStrings__Webhooks at the primary.'
                WHEN current_setting('transaction_read_only')::boolean THEN 'The database is read-only.'
                WHEN (SELECT count(*) FROM schema_migrations WHERE name = ANY ($1)) < cardinality($1)
                    THEN 'Migrations are missing: start the server, or run its command migrate.'
                WHEN NOT (
                    SELECT bool_and(has_table_privilege(name, privilege))
                    FROM unnest(ARRAY['webhook_deliveries', 'event_keys']) AS name, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE']) AS privilege
                ) THEN 'The user may not write deliveries: grant it SELECT, INSERT and UPDATE on the tables.'
            END
            """;
        try
        {
            await using var command = database.CreateCommand(Sql);
            command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. Migration.All.Select(migration => migration.Name)] });
            var obstacle = await command.ExecuteScalarAsync(cancellationToken) as string;
            if (obstacle is not null)
            {
                // It may be what only this session believes.
                sessions.Renew();
            }

            return obstacle;
        }
        catch (PostgresException missing) when (missing.SqlState == PostgresErrorCodes.UndefinedTable)
        {
            return "Tables are missing: start the server, or run its command migrate.";
        }
        catch (Exception outage) when (DatabaseFailure.IsOutage(outage))
        {
            sessions.Heed(outage);
            return $"The database cannot be used ({outage.Message}).";
        }
    }
}
