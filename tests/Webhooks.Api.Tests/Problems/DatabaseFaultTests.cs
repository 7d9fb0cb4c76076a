using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Webhooks.Api.Tests.Hosting;
using Webhooks.Testing;

namespace Webhooks.Api.Tests.Problems;

public sealed class DatabaseFaultTests : IAsyncLifetime
{
    private const string Publish = "/api/v1/events";
    private const string Event = """{"event":"user.created","data":{}}""";

    private TestDatabase? _database;
    private ApiServer? _server;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _server = await ApiServer.StartAsync(_database.ConnectionString);
        await _server.MigrateAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _server!.DisposeAsync();
        await _database!.DisposeAsync();
    }

    [Theory]
    [InlineData(PostgresErrorCodes.ReadOnlySqlTransaction, "ALTER DATABASE {0} SET default_transaction_read_only = on")]
    [InlineData(PostgresErrorCodes.UndefinedTable, "ALTER TABLE webhook_deliveries RENAME TO away")]
    [InlineData(PostgresErrorCodes.InsufficientPrivilege, "ALTER DATABASE {0} SET role = pg_read_all_data")]
    [InlineData(PostgresErrorCodes.UndefinedTable, "ALTER DATABASE {0} SET search_path = nowhere")]
    public async Task While_nothing_can_be_written_publishing_gets_503_and_the_server_is_not_ready(string code, string fault)
    {
        using var client = _server!.ForNewOrganization();
        await BreakAsync(fault);

        var refused = await client.Post(Publish, Event);
        var ready = await client.Get("/health/ready");

        MustSayWhenToTryAgain(refused, code);
        ready.MustBe(HttpStatusCode.ServiceUnavailable);
        (await client.Get("/health/live")).MustBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_statement_that_takes_longer_than_the_database_allows_gets_503()
    {
        using var client = _server!.ForNewOrganization();
        await ExecuteAsync("""
            CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(60); RETURN NULL; END';
            CREATE TRIGGER dawdle BEFORE INSERT ON webhook_deliveries FOR EACH STATEMENT EXECUTE FUNCTION dawdle();
            """);
        await BreakAsync("ALTER DATABASE {0} SET statement_timeout = 500");

        MustSayWhenToTryAgain(await client.Post(Publish, Event), PostgresErrorCodes.QueryCanceled);
    }

    [Theory]
    [InlineData(PostgresErrorCodes.InvalidPassword, "wrong", null)]
    [InlineData(PostgresErrorCodes.InvalidCatalogName, null, "no_such_database")]
    public async Task A_database_that_lets_nobody_in_gets_503(string code, string? password, string? database)
    {
        var target = new NpgsqlConnectionStringBuilder(_database!.ConnectionString);
        target.Password = password ?? target.Password;
        target.Database = database ?? target.Database;
        await using var server = await ApiServer.StartAsync(target.ConnectionString);
        using var client = server.ForNewOrganization();

        MustSayWhenToTryAgain(await client.Post(Publish, Event), code, server);
        (await client.Get("/health/ready")).MustBe(HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task What_a_session_has_forgotten_is_prepared_again_in_a_new_one()
    {
        var one = new NpgsqlConnectionStringBuilder(_database!.ConnectionString) { MaxPoolSize = 1 };
        await using var server = await ApiServer.StartAsync(one.ConnectionString);
        using var client = server.ForNewOrganization();
        await client.PublishAsync();
        await using (var forget = server.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand("DEALLOCATE ALL"))
        {
            await forget.ExecuteNonQueryAsync(Cancel);
        }

        MustSayWhenToTryAgain(await client.Post(Publish, Event), PostgresErrorCodes.InvalidSqlStatementName, server);

        await client.PublishAsync();
    }

    [Fact]
    public async Task After_a_failover_publishing_works_within_seconds_and_the_log_has_one_line_each_way()
    {
        using var client = _server!.ForNewOrganization();
        await BreakAsync("ALTER DATABASE {0} SET default_transaction_read_only = on");
        await Parallel.ForAsync(0, 30, Cancel, async (_, _) =>
        {
            (await client.Post(Publish, Event)).MustBe(HttpStatusCode.ServiceUnavailable);
            (await client.Get(Calls.Webhooks)).MustBe(HttpStatusCode.OK);
        });

        // Whoever mends it has a session that was opened before.
        await ExecuteAsync($"ALTER DATABASE {NameOf(_database!)} RESET default_transaction_read_only");

        await Eventually.HoldsAsync(
            async () =>
            {
                await client.Post(Publish, Event);
                return CountLines("webhook API: PublishEvents works again") == 1;
            },
            () => "publishing does not work again",
            Cancel);
        await Parallel.ForAsync(0, 30, Cancel, async (_, _) => (await client.Post(Publish, Event)).MustBe(HttpStatusCode.Accepted));
        (await client.Get("/health/ready")).MustBe(HttpStatusCode.OK);
        Assert.Equal(1, CountLines("webhook API: PublishEvents answered 503"));
        Assert.Equal(1, CountLines("webhook API: PublishEvents works again"));
    }

    private int CountLines(string text) => _server!.Logs.Lines.Count(line => line.Text.Contains(text, StringComparison.Ordinal));

    private static string NameOf(TestDatabase database) => new NpgsqlConnectionStringBuilder(database.ConnectionString).Database!;

    private void MustSayWhenToTryAgain(Answer refused, string code, ApiServer? server = null)
    {
        refused.MustBeProblem(HttpStatusCode.ServiceUnavailable, "database-unavailable");
        Assert.True(refused.Headers.RetryAfter!.Delta > TimeSpan.Zero);
        Assert.Contains(
            (server ?? _server!).Logs.Lines,
            line => line.Level == LogLevel.Error && line.Text.Contains(code, StringComparison.Ordinal));
    }

    /// <summary>Makes a fault, which the server's sessions all have.</summary>
    private async Task BreakAsync(string fault)
    {
        await ExecuteAsync(fault.Replace("{0}", NameOf(_database!), StringComparison.Ordinal));
        _server!.Services.GetRequiredService<NpgsqlDataSource>().Clear();
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = _database!.DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Cancel);
    }
}
