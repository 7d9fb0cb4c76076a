using System.Globalization;
using Npgsql;
using Webhooks.Testing;

namespace Webhooks.Endurance.Tests.Soak;

/// <summary>What each statement has cost PostgreSQL (pg_stat_statements).</summary>
/// <param name="Statements">By the ids that PostgreSQL gives them.</param>
internal sealed record StatementCosts(IReadOnlyDictionary<long, StatementCosts.Totals> Statements)
{
    /// <summary>
    /// Has a server count from now on, and do in seconds what it does in minutes elsewhere: vacuum. It is restarted for that.
    /// </summary>
    public static async Task EnableAsync(PostgresServer server, CancellationToken cancellationToken)
    {
        await ExecuteAsync(server, "ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'", cancellationToken);
        await ExecuteAsync(server, "ALTER SYSTEM SET autovacuum_naptime = '1s'", cancellationToken);
        await server.StopAsync();
        await server.StartAgainAsync();
        await ExecuteAsync(server, "CREATE EXTENSION pg_stat_statements", cancellationToken);
    }

    /// <summary>Reads what all statements in the connection's database have cost so far.</summary>
    public static async Task<StatementCosts> ReadAsync(NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        const string Sql = """
            SELECT queryid, query, calls, rows, shared_blks_hit + shared_blks_read, total_exec_time
            FROM pg_stat_statements
            WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND toplevel
            """;
        var costs = new Dictionary<long, Totals>();
        await using var command = database.CreateCommand(Sql);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            costs[reader.GetInt64(0)] = new Totals(
                reader.GetString(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4), reader.GetDouble(5));
        }

        return new StatementCosts(costs);
    }

    /// <summary>What each statement has cost since an earlier reading.</summary>
    public StatementCosts Since(StatementCosts before) => new(Statements.ToDictionary(
        statement => statement.Key, statement => statement.Value.Minus(before.Statements.GetValueOrDefault(statement.Key))));

    /// <summary>Only of those statements that publish, claim or record deliveries.</summary>
    public StatementCosts OfChangesToDeliveries() =>
        new(Statements.Where(statement => statement.Value.ChangesDeliveries).ToDictionary());

    private static async Task ExecuteAsync(PostgresServer server, string statement, CancellationToken cancellationToken)
    {
        await using var database = NpgsqlDataSource.Create(server.ConnectionString);
        await using var command = database.CreateCommand(statement);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The sums of a statement.</summary>
    /// <param name="Text">The statement.</param>
    /// <param name="Calls">How often it was executed.</param>
    /// <param name="Rows">The rows that it returned or changed.</param>
    /// <param name="Pages">
    /// The pages that it touched, in memory or on disk. Unlike time, they do not depend on what else the machine does.
    /// </param>
    /// <param name="Milliseconds">The time that it took.</param>
    public sealed record Totals(string Text, long Calls, long Rows, long Pages, double Milliseconds)
    {
        /// <summary>Pages for each call and row: statements that take sets touch more of them for a larger set.</summary>
        public double PagesEach => (double)Pages / Math.Max(1, Calls + Rows);

        /// <summary>Whether it publishes, claims or records deliveries.</summary>
        public bool ChangesDeliveries =>
            Text.Contains("INSERT INTO webhook_deliveries", StringComparison.Ordinal) || Text.Contains(
                "UPDATE webhook_deliveries", StringComparison.Ordinal);

        /// <summary>Pages for each call.</summary>
        public double PagesPerCall => (double)Pages / Calls;

        public Totals Minus(Totals? before) => before is null
            ? this
            : new Totals(Text, Calls - before.Calls, Rows - before.Rows, Pages - before.Pages, Milliseconds - before.Milliseconds);

        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture,
            $"{Calls} calls with {Rows} rows: {Pages} pages, {PagesEach:0.0} each, {Milliseconds / Calls:0.0} ms a call, "
            + $"{Text.ReplaceLineEndings(" ")}");
    }
}
