using Npgsql;
using Webhooks.Endurance.Tests.Chaos;
using Webhooks.Testing;

namespace Webhooks.Endurance.Tests.Upgrade;

/// <summary>
/// The way from an earlier version to this one, a server at a time and under load: needs a build of that version, which
/// <c>tests/previous-server</c> makes.
/// </summary>
public sealed class UpgradeTests(ITestOutputHelper output)
{
    private const string PreviousServer = "WEBHOOKS_PREVIOUS_SERVER";
    private const int FindingsShown = 20;

    private static readonly TimeSpan _attemptTimeout = TimeSpan.FromSeconds(2);

    /// <summary>How long the load lasts before, between and after the two changes.</summary>
    private static readonly TimeSpan _stage = Endurance.Duration / 3;

    // Six attempts within seconds, and nothing but the load.
    private static readonly Dictionary<string, string> _settings = new()
    {
        ["Webhooks__RetryDelays"] = "00:00:00.3,00:00:00.5,00:00:01,00:00:01,00:00:02",
        ["Webhooks__AttemptTimeout"] = _attemptTimeout.ToString(),
        ["Webhooks__CircuitOpensAfter"] = "0",
        ["Webhooks__Alerts__FailureRate"] = "0",
    };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_earlier_version_is_replaced_server_by_server_under_load_and_nothing_fails_or_is_lost()
    {
        var previous = Environment.GetEnvironmentVariable(PreviousServer);
        Assert.SkipWhen(string.IsNullOrEmpty(previous), $"{PreviousServer} names no build of an earlier version.");
        await using var queue = await AzuriteServer.StartAsync();
        var postgres = await PostgresServer.StartAsync();
        await using var customers = new Customers();
        await using var installation = Installation.On(
            postgres, new Dictionary<string, string>(_settings) { ["ConnectionStrings__Queues"] = queue.ConnectionString });
        await using var database = NpgsqlDataSource.Create(installation.ConnectionString);
        using var cluster = await Cluster.StartAsync(installation, customers.Organizations, previous);
        await customers.RegisterAsync(cluster, Endurance.Seed);
        await customers.RegisterSleeperAsync(cluster, Endurance.Seed);
        var load = new ChaosLoad(cluster, queue.ConnectionString, customers.Organizations, Endurance.Seed);
        load.Start();
        await Task.Delay(_stage, Cancel);
        var migrations = await CountAsync(database, "schema_migrations");

        for (var server = 0; server < Cluster.Size; server++)
        {
            Assert.Equal(0, await cluster.StopAsync(server));
            await cluster.StartAsync(server);
            await Task.Delay(_stage, Cancel);
        }

        await load.StopAsync();
        output.WriteLine($"From {migrations} to {await CountAsync(database, "schema_migrations")} migrations");
        var slept = await WakeAsync(database, customers);
        output.WriteLine($"{slept} deliveries slept");
        Assert.True(slept > 0, "No delivery slept.");
        await Eventually.HoldsAsync(
            async () =>
            {
                // An attempt that was under way when its receiver was mended may have failed, and sleep as well.
                await WakeAsync(database, customers);
                return await load.QueuedAsync(Cancel) == 0
                    && await CountAsync(database, "webhook_deliveries WHERE status = 'pending'") == 0;
            },
            () => "Some events stay on the queue, or some deliveries pending.",
            Cancel);
        var rows = await DeliveryRow.ReadAllAsync(installation.ConnectionString, Cancel);
        var audit = new Audit(new Trouble(cluster, postgres, queue, new Random(), output.WriteLine), _attemptTimeout);
        audit.CompareDeliveries(load.Accepted, customers.Targets, rows);
        audit.CompareAttempts(rows, customers.Targets.SelectMany(target => target.Receiver.Receptions));
        output.WriteLine($"{load.Accepted.Count} events, {rows.Count} deliveries, {rows.Sum(row => row.AttemptNumber)} attempts");
        Assert.True(
            audit.Findings.Count == 0, $"{audit.Findings.Count} findings:\n{string.Join('\n', audit.Findings.Take(FindingsShown))}");
        Defects.AssertNone(installation);
    }

    /// <summary>Mends the receivers, and lets the hour pass that deliveries sleep for.</summary>
    /// <returns>The number of deliveries that slept.</returns>
    private static async Task<int> WakeAsync(NpgsqlDataSource database, Customers customers)
    {
        foreach (var target in customers.Targets)
        {
            target.Receiver.Mend();
        }

        await using var command = database.CreateCommand(
            """
            UPDATE webhook_deliveries SET next_attempt_at = now()
            WHERE status = 'pending' AND next_attempt_at > now() + interval '30 min'
            """);
        return await command.ExecuteNonQueryAsync(Cancel);
    }

    private static async Task<long> CountAsync(NpgsqlDataSource database, string from)
    {
        await using var command = database.CreateCommand($"SELECT count(*) FROM {from}");
        return (long)(await command.ExecuteScalarAsync(Cancel))!;
    }
}
