using Microsoft.AspNetCore.Http;
using Npgsql;
using Webhooks.Testing;

namespace Webhooks.Endurance.Tests.Soak;

/// <summary>The same work, again and again: nothing may become more.</summary>
public sealed class SoakTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int SamplesPerThird = 10;

    /// <summary>What may be left of more than one second's work, or be started for none of it.</summary>
    private const int Few = 6;

    /// <summary>Less than a hundred bytes for each attempt of the shortest run.</summary>
    private const long LittleMemory = 2 * ProcessFigures.Mebibyte;

    private const long MostMemory = 400 * ProcessFigures.Mebibyte;

    /// <summary>Resident memory comes and goes with garbage, by more than what is held.</summary>
    private const double ResidentGrowth = 1.3;

    private const int FewestCalls = 20;

    /// <summary>Between one vacuum and the next, statements pass by what is left of rows as they were before.</summary>
    private const double CostGrowth = 1.5;

    /// <summary>
    /// A page of history reads as many rows as it shows for each of four statuses, and finds them in eight partitions, however many rows
    /// there are.
    /// </summary>
    private const double MostPagesOfHistory = 4 * (51 + (8 * 4));

    /// <summary>A statement that touches few pages costs much more when it touches one more.</summary>
    private const double FewPages = 10;

    private static readonly TimeSpan _warmUp = TimeSpan.FromSeconds(10);

    private LightReceiver _receiver = null!;
    private AzuriteServer _queue = null!;
    private Installation _installation = null!;
    private ServerProcess _server = null!;
    private NpgsqlDataSource _database = null!;
    private IReadOnlyList<Guid> _webhooks = [];
    private int _published;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _receiver = await LightReceiver.StartAsync(Answer);
        _queue = await AzuriteServer.StartAsync();
        var postgres = await PostgresServer.StartAsync();
        await StatementCosts.EnableAsync(postgres, Cancel);
        _database = NpgsqlDataSource.Create(postgres.ConnectionString);
        _installation = Installation.On(postgres, Settings(postgres.ConnectionString, _queue.ConnectionString));
        _server = await _installation.StartServerAsync();
        using var api = _installation.Api(_server);
        _webhooks =
        [
            (await api.RegisterAsync($"{_receiver.Url}/well", "*")).Id,
            (await api.RegisterAsync($"{_receiver.Url}/sometimes", "*")).Id,
            (await api.RegisterAsync($"{_receiver.Url}/never", "*")).Id,
        ];
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        await _installation.DisposeAsync();
        await _queue.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    [Fact]
    public async Task Under_constant_load_memory_handles_connections_threads_and_the_cost_of_statements_stay_flat()
    {
        await PublishAsync(() => Task.Delay(_warmUp, Cancel));
        var figuresBefore = await ServerFigures.SettleAsync(_server.Id, _database, Cancel);
        var heapBefore = await LiveHeap.MeasureAsync(_server.Id, Cancel);

        List<SoakThird> thirds = [];
        await PublishAsync(async () =>
        {
            for (var third = 0; third < 3; third++)
            {
                thirds.Add(await MeasureThirdAsync());
            }
        });

        // While there is less, whatever was started for the load is being let go.
        var figures = await ServerFigures.SettleAsync(_server.Id, _database, Cancel);
        await Eventually.HoldsAsync(
            async () => (figures = await ServerFigures.ReadAsync(_server.Id, _database, Cancel)).AreWithin(figuresBefore, Few),
            () => $"Before the load there were {figuresBefore}, after it {figures}.",
            Cancel);

        // Pooled arrays that nobody has used for half a minute are let go by a collection.
        var heap = 0L;
        await Eventually.HoldsAsync(
            async () => (heap = await LiveHeap.MeasureAsync(_server.Id, Cancel)) <= heapBefore + LittleMemory,
            () => $"Before the load {heapBefore} bytes of the heap were alive, after it {heap}.",
            Cancel);

        output.WriteLine($"{_published} events; before {figuresBefore}, after {figures}; live heap {heapBefore} and {heap} bytes");
        CheckResidentMemory(thirds);
        CheckCosts(thirds[0].Costs, thirds[^1].Costs);
        CheckCostsOfHistory(await MeasureHistoryAsync());
        Assert.Equal(_published * _webhooks.Count, await CountAsync("true"));
        Defects.AssertNone(_installation);
    }

    private static Dictionary<string, string> Settings(string database, string queues) => new()
    {
        ["ConnectionStrings__Queues"] = queues,

        // What is not in use is closed soon, so that what stays open is in use, or has leaked.
        ["ConnectionStrings__Webhooks"] = $"{database};Connection Idle Lifetime=5;Connection Pruning Interval=1",
        ["Webhooks__RetryDelays"] = "00:00:00.2,00:00:00.2,00:00:00.2,00:00:00.2,00:00:00.2",

        // The load is to stay what it is.
        ["Webhooks__CircuitOpensAfter"] = "0",
        ["Webhooks__Alerts__FailureRate"] = "0",

        // A line for each attempt is more than this process wants to keep.
        ["Logging__LogLevel__Webhooks.Core.Deliveries"] = "Error",
        ["Logging__LogLevel__Webhooks.Core.Events"] = "Warning",
    };

    private static Task Answer(HttpContext context)
    {
        context.Response.StatusCode = context.Request.Path.Value switch
        {
            "/never" => 500,
            "/sometimes" when Random.Shared.Next(3) == 0 => 503,
            _ => 200,
        };
        return Task.CompletedTask;
    }

    /// <summary>Publishes for as long as something takes, and waits until all is delivered or has failed.</summary>
    private async Task PublishAsync(Func<Task> something)
    {
        var load = SteadyLoad.Start(_installation.Api(_server), _queue.ConnectionString, _installation.Organization, _webhooks);
        await using (load)
        {
            await something();
        }

        _published += load.Published;
        await Eventually.HoldsAsync(
            async () => await CountAsync("status <> 'pending'") >= _published * _webhooks.Count,
            () => "Some events stay on the queue, or some deliveries pending.",
            Cancel);
    }

    private async Task<SoakThird> MeasureThirdAsync()
    {
        var before = await StatementCosts.ReadAsync(_database, Cancel);
        var resident = new List<long>();
        for (var sample = 0; sample < SamplesPerThird; sample++)
        {
            await Task.Delay(Endurance.Duration / 3 / SamplesPerThird, Cancel);
            resident.Add(ProcessFigures.Resident(_server.Id));
        }

        var costs = (await StatementCosts.ReadAsync(_database, Cancel)).Since(before);
        return new SoakThird([.. resident.Order()], costs.OfChangesToDeliveries());
    }

    private void CheckResidentMemory(List<SoakThird> thirds)
    {
        output.WriteLine(
            "Resident memory in MiB, medians of thirds: "
            + string.Join(' ', thirds.Select(third => third.MedianResident / ProcessFigures.Mebibyte)));
        Assert.InRange(thirds.Max(third => third.Resident[^1]), 0, MostMemory);
        Assert.InRange(thirds[^1].MedianResident, 0, (long)(ResidentGrowth * thirds[0].MedianResident));
    }

    /// <summary>Measures what pages of history cost when nothing is left of rows as they were before.</summary>
    private async Task<StatementCosts> MeasureHistoryAsync()
    {
        await ExecuteAsync("VACUUM (ANALYZE) webhook_deliveries");
        var before = await StatementCosts.ReadAsync(_database, Cancel);
        using var api = _installation.Api(_server);
        for (var read = 0; read < FewestCalls; read++)
        {
            await HistoryPages.ReadAsync(api, _webhooks[read % _webhooks.Count]);
        }

        return (await StatementCosts.ReadAsync(_database, Cancel)).Since(before);
    }

    private void CheckCosts(StatementCosts first, StatementCosts last)
    {
        var compared = first.Statements.Keys.Intersect(last.Statements.Keys)
            .Select(statement => (First: first.Statements[statement], Last: last.Statements[statement]))
            .Where(costs => costs.First.Calls >= FewestCalls && costs.Last.Calls >= FewestCalls)
            .ToList();
        foreach (var costs in compared)
        {
            output.WriteLine($"From {costs.First} to {costs.Last}");
        }

        Assert.NotEmpty(compared);
        Assert.All(compared, costs => Assert.InRange(costs.Last.PagesEach, 0, CostGrowth * Math.Max(FewPages, costs.First.PagesEach)));
    }

    private void CheckCostsOfHistory(StatementCosts costs)
    {
        var pages = costs.Statements.Values.Where(statement => statement.Calls >= FewestCalls).ToList();
        output.WriteLine($"History: {string.Join('\n', pages)}");
        Assert.NotEmpty(pages);
        Assert.All(pages, statement => Assert.InRange(statement.PagesPerCall, 0, MostPagesOfHistory));
    }

    private async Task ExecuteAsync(string statement)
    {
        await using var command = _database.CreateCommand(statement);
        await command.ExecuteNonQueryAsync(Cancel);
    }

    private async Task<long> CountAsync(string condition)
    {
        await using var command = _database.CreateCommand($"SELECT count(*) FROM webhook_deliveries WHERE {condition}");
        return (long)(await command.ExecuteScalarAsync(Cancel))!;
    }
}
