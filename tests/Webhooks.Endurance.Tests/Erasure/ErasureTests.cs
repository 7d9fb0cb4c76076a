using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Npgsql;
using Webhooks.Endurance.Tests.Backlog;
using Webhooks.Endurance.Tests.Chaos;
using Webhooks.Testing;

namespace Webhooks.Endurance.Tests.Erasure;

/// <summary>Whatever fails while an organization is erased: nothing of it is left, and nothing of the others is lost.</summary>
public sealed class ErasureTests(ITestOutputHelper output)
{
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan _attemptTimeout = TimeSpan.FromSeconds(2);

    private static readonly Dictionary<string, string> _settings = new()
    {
        ["Webhooks__RetryDelays"] = "00:00:00.3,00:00:00.5,00:00:01,00:00:01,00:00:02",
        ["Webhooks__AttemptTimeout"] = _attemptTimeout.ToString(),
        ["Webhooks__CircuitOpensAfter"] = "0",
    };

    private readonly Guid _erased = Guid.NewGuid();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_organization_with_a_backlog_is_erased_while_servers_and_the_database_fail_and_others_lose_nothing()
    {
        output.WriteLine($"Seed {Endurance.Seed}");
        await using var queue = await AzuriteServer.StartAsync();
        var postgres = await PostgresServer.StartAsync();
        await using var customers = new Customers();
        await using var receiver = await LightReceiver.StartAsync(_ => Task.CompletedTask);
        await using var installation = Installation.On(
            postgres, new Dictionary<string, string>(_settings) { ["ConnectionStrings__Queues"] = queue.ConnectionString });
        using var cluster = await Cluster.StartAsync(installation, [.. customers.Organizations, _erased]);
        await customers.RegisterAsync(cluster, Endurance.Seed);
        var webhook = await cluster.Api(0, _erased).RegisterAsync(receiver.Url, "*");
        await using var backlog = new BacklogDatabase(installation.ConnectionString);
        await using var database = NpgsqlDataSource.Create(installation.ConnectionString);
        var load = new ChaosLoad(cluster, queue.ConnectionString, customers.Organizations, Endurance.Seed);
        var trouble = new Trouble(cluster, postgres, queue, new Random(Endurance.Seed), output.WriteLine);
        load.Start();
        await backlog.InsertAsync([webhook.Id], Endurance.Backlog, Cancel);

        var clock = Stopwatch.StartNew();
        await BeginAsync(cluster);
        Assert.NotEqual("finished", (string)(await ErasureAsync(cluster))["state"]!);
        await trouble.MakeAsync(Endurance.Duration, Cancel);
        var report = await WaitForTheEndAsync(cluster);
        output.WriteLine($"{Endurance.Backlog} deliveries are erased after {clock.Elapsed}");
        await load.StopAsync();

        var left = await OrganizationRows.CountAsync(database, _erased, Cancel);
        Assert.All(left, table => Assert.Equal((table.Key, 0), (table.Key, table.Value)));
        Assert.Equal(Endurance.Backlog, (int)report["rows"]!["webhook_deliveries"]!);
        Assert.Equal(1, (int)report["rows"]!["webhooks"]!);
        var audit = new Chaos.Audit(trouble, _attemptTimeout);
        var rows = await WaitForTheOthersAsync(installation.ConnectionString, load);
        audit.CompareDeliveries(load.Accepted, customers.Targets, rows);
        audit.CompareAttempts(rows, customers.Targets.SelectMany(target => target.Receiver.Receptions));
        Assert.Empty(audit.Findings);
        await Eventually.HoldsAsync(
            async () => (await StatisticsRecount.DifferencesAsync(database, Cancel)).Count == 0,
            () => "The statistics are not those of the deliveries that are left.",
            Cancel);
        Defects.AssertNone(installation);
    }

    private async Task BeginAsync(Cluster cluster)
    {
        using var client = cluster.CreateOperatorClient(0);
        using var answer = await client.DeleteAsync($"/api/v1/organizations/{_erased}", Cancel);
        answer.EnsureSuccessStatusCode();
    }

    private async Task<JsonNode> ErasureAsync(Cluster cluster)
    {
        using var client = cluster.CreateOperatorClient(0);
        var organization = await client.GetFromJsonAsync<JsonNode>($"/api/v1/organizations/{_erased}", Cancel);
        return organization!["erasure"]!;
    }

    /// <summary>Waits until the erasure is finished, or for much longer than a million deliveries take.</summary>
    private async Task<JsonNode> WaitForTheEndAsync(Cluster cluster)
    {
        var clock = Stopwatch.StartNew();
        JsonNode erasure;
        do
        {
            await Task.Delay(TimeSpan.FromSeconds(0.5), Cancel);
            erasure = await ErasureAsync(cluster);
        }
        while ((string)erasure["state"]! != "finished" && clock.Elapsed < _patience);
        Assert.True((string)erasure["state"]! == "finished", $"It is not finished: {erasure}");
        return erasure;
    }

    private static async Task<IReadOnlyList<DeliveryRow>> WaitForTheOthersAsync(string connectionString, ChaosLoad load)
    {
        IReadOnlyList<DeliveryRow> rows = [];
        await Eventually.HoldsAsync(
            async () => await load.QueuedAsync(Cancel) == 0
                && (rows = await DeliveryRow.ReadAllAsync(connectionString, Cancel)).All(row => row.Status != "pending"),
            () => $"{rows.Count(row => row.Status == "pending")} deliveries are pending.",
            Cancel);
        return rows;
    }
}
