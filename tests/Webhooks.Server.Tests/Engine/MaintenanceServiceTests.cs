using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Webhooks.Core;
using Webhooks.Core.Postgres;
using Webhooks.Core.Redaction;
using Webhooks.Server.Engine;
using Webhooks.Testing;

namespace Webhooks.Server.Tests.Engine;

public sealed class MaintenanceServiceTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Partitions_are_made_at_the_start_and_as_time_goes_on()
    {
        await using var database = await TestDatabase.CreateAsync();
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var partitions = new PartitionMaintenance(
            database.DataSource, new WebhooksOptions(), clock, NullLogger<PartitionMaintenance>.Instance);
        await new Migrator(database.DataSource, partitions, NullLogger<Migrator>.Instance).MigrateAsync(Token);
        var all = await CountPartitionsAsync(database.DataSource);
        using var maintenance = new MaintenanceService(
            partitions,
            ExpiredPayloads(database.DataSource, clock),
            new DatabaseSessions(database.DataSource, clock),
            clock,
            NullLogger<MaintenanceService>.Instance);

        await DropLastPartitionAsync(database.DataSource);
        await maintenance.StartAsync(Token);
        await DeliveryScene.WaitUntilAsync(async () => await CountPartitionsAsync(database.DataSource) == all);

        await DropLastPartitionAsync(database.DataSource);
        await DeliveryScene.WaitUntilAsync(async () =>
        {
            clock.Advance(TimeSpan.FromHours(1));
            return await CountPartitionsAsync(database.DataSource) == all;
        });
        await maintenance.StopAsync(Token);
    }

    [Fact]
    public async Task A_failure_is_logged_and_does_not_end_it()
    {
        var clock = new FakeTimeProvider();
        var log = new LogLines();
        using var logging = LoggerFactory.Create(builder => builder.AddProvider(log));
        await using var unreachable = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1;Username=nobody");
        var partitions = new PartitionMaintenance(unreachable, new WebhooksOptions(), clock, NullLogger<PartitionMaintenance>.Instance);
        using var maintenance = new MaintenanceService(
            partitions,
            ExpiredPayloads(unreachable, clock),
            new DatabaseSessions(unreachable, clock),
            clock,
            logging.CreateLogger<MaintenanceService>());

        await maintenance.StartAsync(Token);

        await DeliveryScene.WaitUntilAsync(() =>
        {
            clock.Advance(TimeSpan.FromHours(1));
            return Task.FromResult(log.Count("webhook table maintenance failed") >= 2);
        });
        await maintenance.StopAsync(Token);
    }

    private static ExpiredPayloads ExpiredPayloads(NpgsqlDataSource database, TimeProvider clock) =>
        new(database, new WebhooksOptions(), clock, NullLogger<ExpiredPayloads>.Instance);

    private static async Task DropLastPartitionAsync(NpgsqlDataSource database)
    {
        const string Sql = """
            DO $$ BEGIN
                EXECUTE (SELECT 'DROP TABLE ' || max(relname) FROM pg_class WHERE relname ~ '^webhook_deliveries_[0-9]{8}$');
            END $$
            """;
        await using var command = database.CreateCommand(Sql);
        await command.ExecuteNonQueryAsync(Token);
    }

    private static async Task<long> CountPartitionsAsync(NpgsqlDataSource database)
    {
        await using var command = database.CreateCommand(
            "SELECT count(*) FROM pg_inherits WHERE inhparent = 'webhook_deliveries'::regclass");
        return (long)(await command.ExecuteScalarAsync(Token))!;
    }
}
