using Npgsql;

namespace Webhooks.Testing;

/// <summary>What the database holds of an organization, by the columns that say whose a row is: also in tables that come later.</summary>
public static class OrganizationRows
{
    private const string ChangesOfAll = "webhook_statistics_changes";

    /// <summary>The tables with something of organizations, each with its number of rows of one; none is left out.</summary>
    public static async Task<IReadOnlyDictionary<string, long>> CountAsync(
        NpgsqlDataSource database, Guid organization, CancellationToken cancellationToken)
    {
        var counts = new Dictionary<string, long>();
        foreach (var (table, columns) in await TablesAsync(database, cancellationToken))
        {
            await using var command = database.CreateCommand($"SELECT count(*) FROM {table} WHERE {BelongsTo(table, columns)}");
            command.Parameters.AddWithValue(organization);
            counts[table] = (long)(await command.ExecuteScalarAsync(cancellationToken))!;
        }

        return counts;
    }

    // A row with a webhook alone: of one that is gone, nobody else can have been the owner in a test that deletes no others.
    private static string BelongsTo(string table, string[] columns) => table == ChangesOfAll ? "$1 = ANY (org_ids)"
        : columns.Contains("org_id") ? "org_id = $1"
        : "webhook_id NOT IN (SELECT id FROM webhooks WHERE org_id <> $1)";

    private static async Task<IReadOnlyList<(string Table, string[] Columns)>> TablesAsync(
        NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        const string Sql = """
            SELECT columns.table_name::text, array_agg(columns.column_name::text)
            FROM information_schema.columns
            JOIN pg_class ON pg_class.oid = to_regclass(quote_ident(table_name)) AND NOT relispartition AND relkind IN ('r', 'p')
            WHERE table_schema = current_schema() AND column_name IN ('org_id', 'webhook_id', 'org_ids')
            GROUP BY columns.table_name
            """;
        await using var command = database.CreateCommand(Sql);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var tables = new List<(string, string[])>();
        while (await reader.ReadAsync(cancellationToken))
        {
            tables.Add((reader.GetString(0), reader.GetFieldValue<string[]>(1)));
        }

        return tables;
    }
}
