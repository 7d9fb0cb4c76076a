using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Webhooks.Core.Postgres;
using Webhooks.Testing;

namespace Webhooks.Core.Tests.Postgres;

public sealed class MigratorTests : IAsyncLifetime
{
    private TestDatabase? _database;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private NpgsqlDataSource Database => _database!.DataSource;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public async ValueTask DisposeAsync()
    {
        if (_database is not null)
        {
            await _database.DisposeAsync();
        }
    }

    [Fact]
    public async Task An_empty_database_gets_all_migrations_in_order_and_its_partitions()
    {
        var log = new LogLines<Migrator>();
        var applied = await Migrator(log).MigrateAsync(Cancel);

        Assert.Equal("0001_foundation", applied[0]);
        Assert.Equal(applied.Order(StringComparer.Ordinal), applied);
        Assert.Equal(applied, await NamesAsync("SELECT name FROM schema_migrations ORDER BY name"));
        Assert.Equal(applied.Count, log.Lines.Count);
        Assert.All(log.Lines, line => Assert.Contains("webhook", line, StringComparison.Ordinal));
        Assert.Equal(7, (await PartitionsAsync()).Count);
    }

    [Fact]
    public async Task A_role_that_owns_the_database_and_is_no_superuser_migrates_it()
    {
        var role = $"owner_{Guid.NewGuid():N}";
        await ExecuteAsync($"CREATE ROLE {role}");
        await ExecuteAsync($"DO $$ BEGIN EXECUTE format('ALTER DATABASE %I OWNER TO {role}', current_database()); END $$");
        var connection = new NpgsqlConnectionStringBuilder(_database!.ConnectionString) { Options = $"-c role={role}" };
        await using var database = NpgsqlDataSource.Create(connection.ConnectionString);

        Assert.NotEmpty(await Migrator(database: database).MigrateAsync(Cancel));
        Assert.Empty(await Migrator().MigrateAsync(Cancel));
    }

    [Fact]
    public async Task A_second_run_has_nothing_to_do()
    {
        await Migrator().MigrateAsync(Cancel);
        Assert.Empty(await Migrator().MigrateAsync(Cancel));
    }

    [Fact]
    public async Task Processes_that_start_together_migrate_once()
    {
        await using var others = NpgsqlDataSource.Create(_database!.ConnectionString);
        var runs = Enumerable.Range(0, 8).Select(number => Task.Run(
            () => Migrator(database: number % 2 == 0 ? Database : others).MigrateAsync(Cancel), Cancel));

        var applied = (await Task.WhenAll(runs)).SelectMany(names => names).ToArray();

        Assert.Equal(await NamesAsync("SELECT name FROM schema_migrations ORDER BY name"), applied.Order(StringComparer.Ordinal));
        Assert.Equal(7, (await PartitionsAsync()).Count);
    }

    [Fact]
    public async Task A_database_that_a_newer_version_migrated_is_refused()
    {
        await Migrator().MigrateAsync(Cancel);
        await ExecuteAsync("INSERT INTO schema_migrations (name) VALUES ('9999_from_the_future')");

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => Migrator().MigrateAsync(Cancel));

        Assert.Contains("9999_from_the_future", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Run that version", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_leaves_the_lock_to_others()
    {
        await ExecuteAsync("CREATE TABLE schema_migrations (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())");
        await ExecuteAsync("INSERT INTO schema_migrations (name) VALUES ('9999_from_the_future')");
        await Assert.ThrowsAsync<InvalidOperationException>(() => Migrator().MigrateAsync(Cancel));
        await ExecuteAsync("DELETE FROM schema_migrations");

        await using var others = NpgsqlDataSource.Create(_database!.ConnectionString);
        Assert.NotEmpty(await Migrator(database: others).MigrateAsync(Cancel));
    }

    [Fact]
    public async Task A_migration_that_fails_leaves_nothing_behind()
    {
        await ExecuteAsync("CREATE TABLE webhook_deliveries (id int)");
        await Assert.ThrowsAsync<PostgresException>(() => Migrator().MigrateAsync(Cancel));

        Assert.Empty(await NamesAsync("SELECT relname::text FROM pg_class WHERE relname IN ('schema_migrations', 'organizations')"));
        await ExecuteAsync("DROP TABLE webhook_deliveries");
        Assert.NotEmpty(await Migrator().MigrateAsync(Cancel));
    }

    [Theory]
    [InlineData("14.19", false)]
    [InlineData("15.0", true)]
    [InlineData("17.2", true)]
    public void Servers_older_than_15_are_refused(string version, bool accepted)
    {
        var refused = Record.Exception(() => Core.Postgres.Migrator.RequireServer(new Version(version)));
        if (accepted)
        {
            Assert.Null(refused);
        }
        else
        {
            Assert.Contains("PostgreSQL 15", Assert.IsType<InvalidOperationException>(refused).Message, StringComparison.Ordinal);
        }
    }

    private Migrator Migrator(LogLines<Migrator>? log = null, NpgsqlDataSource? database = null)
    {
        var partitions = new PartitionMaintenance(
            database ?? Database, new WebhooksOptions(), TimeProvider.System, NullLogger<PartitionMaintenance>.Instance);
        return new Migrator(database ?? Database, partitions, log ?? new LogLines<Migrator>());
    }

    private Task<IReadOnlyList<string>> PartitionsAsync() =>
        NamesAsync("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'webhook_deliveries'::regclass");

    private async Task<IReadOnlyList<string>> NamesAsync(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync(Cancel);
        var names = new List<string>();
        while (await reader.ReadAsync(Cancel))
        {
            names.Add(reader.GetString(0));
        }

        return names;
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Cancel);
    }
}
