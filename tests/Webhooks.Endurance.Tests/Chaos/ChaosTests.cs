using System.Diagnostics;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Webhooks.Client.Publishing;
using Webhooks.Testing;

namespace Webhooks.Endurance.Tests.Chaos;

/// <summary>Whatever fails, and whenever: what was accepted is delivered, or has failed with all its attempts recorded.</summary>
public sealed class ChaosTests(ITestOutputHelper output)
{
    private const int FindingsShown = 20;

    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(6);
    private static readonly TimeSpan _attemptTimeout = TimeSpan.FromSeconds(2);

    // Six attempts within seconds.
    private static readonly Dictionary<string, string> _settings = new()
    {
        ["Webhooks__RetryDelays"] = "00:00:00.3,00:00:00.5,00:00:01,00:00:01,00:00:02",
        ["Webhooks__AttemptTimeout"] = _attemptTimeout.ToString(),

        // Half a minute of pause at a time would be most of the test.
        ["Webhooks__CircuitOpensAfter"] = "0",
    };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Servers_database_queue_and_receivers_fail_at_random_and_nothing_accepted_is_lost_or_recorded_wrongly()
    {
        output.WriteLine($"Seed {Endurance.Seed}");
        await using var queue = await AzuriteServer.StartAsync();
        var postgres = await PostgresServer.StartAsync();
        await using var customers = new Customers();
        await using var installation = Installation.On(
            postgres, new Dictionary<string, string>(_settings) { ["ConnectionStrings__Queues"] = queue.ConnectionString });
        using var cluster = await Cluster.StartAsync(installation, customers.Organizations);
        await customers.RegisterAsync(cluster, Endurance.Seed);

        var load = new ChaosLoad(cluster, queue.ConnectionString, customers.Organizations, Endurance.Seed);
        var trouble = new Trouble(cluster, postgres, queue, new Random(Endurance.Seed), output.WriteLine);
        load.Start();
        await trouble.MakeAsync(Endurance.Duration, Cancel);
        await load.StopAsync();
        var rows = await WaitForTheEndAsync(installation, load, customers);

        var receptions = customers.Targets.SelectMany(target => target.Receiver.Receptions).ToList();
        var audit = new Audit(trouble, _attemptTimeout);
        audit.CompareDeliveries(load.Accepted, customers.Targets, rows);
        audit.CompareAttempts(rows, receptions);
        output.WriteLine(
            $"{load.Accepted.Count} events, {rows.Count} deliveries, {rows.Sum(row => row.AttemptNumber)} attempts, "
            + $"{rows.Count(row => row.Status == "failed")} failed");
        output.WriteLine($"{trouble.Kills.Count} kills, {audit.Unrecorded} requests unrecorded");
        Assert.True(
            audit.Findings.Count == 0, $"{audit.Findings.Count} findings:\n{string.Join('\n', audit.Findings.Take(FindingsShown))}");
        Defects.AssertNone(installation);
        Assert.Equal(0, await load.QueuedAsync(Cancel));
        QueueProperties poison = await new QueueClient(queue.ConnectionString, $"{QueuePublisher.DefaultQueueName}-poison")
            .GetPropertiesAsync(Cancel);
        Assert.Equal(0, poison.ApproximateMessagesCount);
    }

    /// <summary>
    /// Waits until nothing is left to do, or for much longer than that can take: then the audit tells what is missing. Attempts of servers
    /// that were killed are made again when their leases end, a minute later. What was published but not deleted from the queue, because
    /// a server or the queue ended in between, comes again after half a minute, and the audit shall see what becomes of it.
    /// </summary>
    private async Task<IReadOnlyList<DeliveryRow>> WaitForTheEndAsync(Installation installation, ChaosLoad load, Customers customers)
    {
        var clock = Stopwatch.StartNew();
        var expected = load.Accepted.Sum(accepted => customers.Targets.Count(target => target.Gets(accepted)));
        IReadOnlyList<DeliveryRow> rows;
        int queued;
        do
        {
            await Task.Delay(TimeSpan.FromSeconds(1), Cancel);
            queued = await load.QueuedAsync(Cancel);
            rows = await DeliveryRow.ReadAllAsync(installation.ConnectionString, Cancel);
        }
        while ((queued > 0 || rows.Count < expected || rows.Any(row => row.Status == "pending")) && clock.Elapsed < _patience);
        output.WriteLine($"The rest took {clock.Elapsed}");
        return rows;
    }
}
