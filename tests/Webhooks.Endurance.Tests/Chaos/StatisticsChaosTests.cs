using System.Text.Json.Nodes;
using Npgsql;
using Webhooks.Testing;

namespace Webhooks.Endurance.Tests.Chaos;

/// <summary>
/// Whatever fails while deliveries are made, redelivered, recovered and canceled: the counts are those of the deliveries.
/// </summary>
public sealed class StatisticsChaosTests(ITestOutputHelper output)
{
    private const int Operators = 4;

    private static readonly Dictionary<string, string> _settings = new()
    {
        ["Webhooks__RetryDelays"] = "00:00:00.3,00:00:00.5,00:00:01",
        ["Webhooks__AttemptTimeout"] = "00:00:02",
        ["Webhooks__CircuitOpensAfter"] = "5",
    };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Servers_and_the_database_fail_at_random_while_operators_do_everything_and_each_delivery_counts_once()
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
        using var over = new CancellationTokenSource();
        load.Start();
        var operating = Task.WhenAll(Enumerable.Range(0, Operators)
            .Select(number => OperateAsync(cluster, customers, new Random(Endurance.Seed + number), over.Token)));

        await new Trouble(cluster, postgres, queue, new Random(Endurance.Seed), output.WriteLine).MakeAsync(Endurance.Duration, Cancel);
        await over.CancelAsync();
        var operations = await operating;
        await load.StopAsync();

        await using var database = NpgsqlDataSource.Create(installation.ConnectionString);
        await EverythingEndsAsync(cluster, customers, load, database);
        output.WriteLine($"{load.Accepted.Count} events, {operations.Sum()} operations; {await OutcomesAsync(database)}");
        Assert.True(operations.Sum() > 0, "No operation succeeded.");
        Assert.Empty(await StatisticsRecount.DifferencesAsync(database, Cancel));
        Defects.AssertNone(installation);
    }

    /// <summary>Does what operators do to deliveries that there are, until the end.</summary>
    /// <returns>How much succeeded.</returns>
    private static async Task<int> OperateAsync(Cluster cluster, Customers customers, Random random, CancellationToken over)
    {
        var done = 0;
        while (!over.IsCancellationRequested)
        {
            var target = customers.Targets[random.Next(customers.Targets.Count)];
            var api = cluster.Api(random.Next(Cluster.Size), target.Organization);
            try
            {
                await OperateAsync(api, target.Webhook.Id, random);
                done++;
            }
            catch (Exception refused) when (refused is HttpRequestException or IOException or OperationCanceledException)
            {
                // The server is away, perhaps since the middle of its answer, or what was found has ended meanwhile.
            }

            await Task.Delay(random.Next(50), CancellationToken.None);
        }

        return done;
    }

    private static async Task OperateAsync(WebhooksApi api, Guid webhook, Random random)
    {
        var choice = random.Next(20);
        if (choice < 16)
        {
            var history = await api.HistoryAsync(webhook, choice < 6 ? "status=pending&limit=100" : "limit=100");
            if (history.Count > 0)
            {
                JsonNode delivery = history[random.Next(history.Count)];
                await (choice < 6 ? api.CancelAsync(webhook, delivery) : api.RedeliverAsync(webhook, delivery));
            }

            return;
        }

        await (choice switch
        {
            16 => api.CancelBacklogAsync(webhook),
            17 => api.RecoverAsync(webhook, rate: 200),
            18 => api.TestAsync(webhook),
            _ => SwitchAsync(),
        });

        async Task SwitchAsync()
        {
            await api.ChangeAsync(webhook, new { active = false });
            await api.ChangeAsync(webhook, new { active = true });
        }
    }

    private static async Task EverythingEndsAsync(Cluster cluster, Customers customers, ChaosLoad load, NpgsqlDataSource database)
    {
        foreach (var target in customers.Targets)
        {
            target.Receiver.Mend();
            await GoOnAsync(cluster.Api(0, target.Organization), target.Webhook.Id);
        }

        string? left = null;
        await Eventually.HoldsAsync(
            async () =>
            {
                left = await load.QueuedAsync(Cancel) is > 0 and var queued
                    ? $"{queued} events on the queue" : await WhatIsLeftAsync(database);
                return left is null;
            },
            () => $"There is still: {left}",
            Cancel);
    }

    /// <summary>Switches a webhook on, and off before that when it is paused: for minutes, after so many failures.</summary>
    private static async Task GoOnAsync(WebhooksApi api, Guid webhook)
    {
        if ((string)(await api.WebhookAsync(webhook))["health"]!["circuit"]! != "closed")
        {
            await api.ChangeAsync(webhook, new { active = false });
        }

        await api.ChangeAsync(webhook, new { active = true });
    }

    private static async Task<string?> WhatIsLeftAsync(NpgsqlDataSource database)
    {
        const string Sql = """
            SELECT string_agg(line, '; ')
            FROM (
                SELECT format('%s pending of %s, the next at %s', count(*), webhook_id, min(next_attempt_at)) AS line
                FROM webhook_deliveries WHERE status = 'pending' GROUP BY webhook_id
                UNION ALL SELECT format('recovery %s of %s', id, webhook_id) FROM webhook_recoveries WHERE state = 'running'
                UNION ALL SELECT format('%s changes to add up', count(*)) FROM webhook_statistics_changes HAVING count(*) > 0) AS rest
            """;
        await using var command = database.CreateCommand(Sql);
        return await command.ExecuteScalarAsync(Cancel) as string;
    }

    private static async Task<string?> OutcomesAsync(NpgsqlDataSource database)
    {
        const string Sql = """
            SELECT string_agg(status || ' ' || count, ', ' ORDER BY status)
            FROM (SELECT status, count(*) AS count FROM webhook_deliveries GROUP BY status) AS outcome
            """;
        await using var command = database.CreateCommand(Sql);
        return (string?)await command.ExecuteScalarAsync(Cancel);
    }
}
