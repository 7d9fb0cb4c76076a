using Npgsql;
using Webhooks.Client.Receiving;
using Webhooks.Testing;

namespace Webhooks.Endurance.Tests.Hostile;

/// <summary>Some receivers behave as badly as they can. The others must not notice.</summary>
public sealed class HostileReceiverTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Organizations = 40;
    private const int HostileEach = 5;
    private const int HealthyEach = 20;
    private const int EventsToHostile = 4;

    private const long MostMemory = 400 * ProcessFigures.Mebibyte;

    /// <summary>How many times as long as undisturbed 99 of 100 may take, in the median of the rounds.</summary>
    private const double MostSlowdown = 2;

    private static readonly TimeSpan _warmUp = TimeSpan.FromSeconds(3);

    // Three rounds in the shortest run.
    private static readonly TimeSpan _undisturbed = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan _disturbed = TimeSpan.FromSeconds(8);

    /// <summary>What a busy machine delays one in a hundred by, whoever is hostile. One who waits for others waits longer.</summary>
    private static readonly TimeSpan _floor = TimeSpan.FromMilliseconds(75);

    private static readonly Dictionary<string, string> _settings = new()
    {
        ["Webhooks__AttemptTimeout"] = "00:00:05",
        ["Webhooks__RetryDelays"] = "00:00:01,00:00:02,00:00:02,00:00:04,00:00:04",

        // Whoever behaves badly is to go on with it: nothing spares the others that, and nothing is told about it.
        ["Webhooks__CircuitOpensAfter"] = "0",
        ["Webhooks__Alerts__FailureRate"] = "0",

        // So few that hanging receivers could take them all.
        ["Webhooks__Engine__MaxInFlight"] = "128",
        ["Webhooks__Engine__MaxInFlightPerWebhook"] = "32",

        // A line for each attempt is more than this process wants to keep.
        ["Logging__LogLevel__Webhooks.Core.Deliveries"] = "Error",
        ["Logging__LogLevel__Webhooks.Core.Events"] = "Warning",
    };

    private readonly Mood _mood = new();
    private readonly SilentPort _silent = new();
    private readonly ClosedPort _closed = new();
    private readonly RawReceiver _forbidden = RawReceiver.Answering("HTTP/1.1 200 OK\r\n\r\n");
    private readonly List<WebhooksApi> _apis = [];
    private IReadOnlyList<HostileReceiver> _hostile = [];
    private LightReceiver _healthy = null!;
    private Installation _installation = null!;
    private ServerProcess _server = null!;
    private NpgsqlDataSource _database = null!;
    private TimedLoad _load = null!;
    private int _publishedToHostile;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _hostile = [.. Hostilities.All($"{_forbidden.Url}/").Select(hostility => new HostileReceiver(hostility, _mood))];
        _healthy = await LightReceiver.StartAsync(context =>
        {
            _load.Arrived(context.Request.Headers[WebhookHeaders.Id]!);
            return Task.CompletedTask;
        });
        var postgres = await PostgresServer.StartAsync();
        _database = NpgsqlDataSource.Create(postgres.ConnectionString);
        _installation = Installation.On(postgres, _settings);
        _server = await _installation.StartServerAsync();
        await RegisterAsync();
        _load = new TimedLoad(_apis, HealthyEach);
    }

    public async ValueTask DisposeAsync()
    {
        _apis.ForEach(api => api.Dispose());
        await _database.DisposeAsync();
        await _installation.DisposeAsync();
        await _healthy.DisposeAsync();
        await Task.WhenAll(_hostile.Select(receiver => receiver.DisposeAsync().AsTask()));
        await _forbidden.DisposeAsync();
        _silent.Dispose();
        _closed.Dispose();
    }

    [Fact]
    public async Task Two_hundred_receivers_behave_badly_each_in_another_way_and_eight_hundred_others_do_not_notice()
    {
        Assert.Equal(Organizations * HostileEach, HostileUrls().Distinct().Count());
        Assert.Equal(_hostile.Count, _hostile.Select(receiver => receiver.Name).Distinct().Count());
        await _load.MeasureAsync(_warmUp, Cancel);
        var slowdowns = new List<double>();
        var memory = 0L;
        var fewestRounds = (int)Math.Ceiling(Endurance.Duration / (_undisturbed + _disturbed));

        // Rounds may have been disturbed by something else; whoever waits for others is slow in all of them.
        while (slowdowns.Count < fewestRounds || (Median(slowdowns) > MostSlowdown && slowdowns.Count < 3 * fewestRounds))
        {
            await WaitUntilAllIsDoneAsync();
            var undisturbed = NinetyNineOfHundred(await _load.MeasureAsync(_undisturbed, Cancel));
            _mood.IsHostile = true;
            await PublishToHostileAsync();
            var disturbed = NinetyNineOfHundred(await _load.MeasureAsync(_disturbed, Cancel));
            _mood.IsHostile = false;
            memory = Math.Max(memory, ProcessFigures.Resident(_server.Id));
            slowdowns.Add(disturbed / (undisturbed > _floor ? undisturbed : _floor));
            output.WriteLine(
                $"99 of 100 arrive within {undisturbed.TotalMilliseconds:0.0} ms undisturbed, "
                + $"{disturbed.TotalMilliseconds:0.0} ms disturbed");
        }

        await LetAllBehaveBadlyAsync();
        await WaitUntilAllIsDoneAsync();
        output.WriteLine($"{_hostile.Sum(receiver => receiver.Misdeeds)} misdeeds; at most {memory / ProcessFigures.Mebibyte} MiB");
        Assert.InRange(Median(slowdowns), 0, MostSlowdown);
        Assert.Equal(
            _load.Published * HealthyEach,
            await CountAsync(
                "status = 'succeeded' AND attempt_number = 1 "
                + $"AND webhook_id IN (SELECT id FROM webhooks WHERE url LIKE '{_healthy.Url}/%')"));
        Assert.Equal((_load.Published * (HealthyEach + HostileEach)) + (_publishedToHostile * HostileEach), await CountAsync("true"));
        Assert.Equal(0, _forbidden.Connections);
        Assert.InRange(memory, 0, MostMemory);
        Defects.AssertNone(_installation);
    }

    private IEnumerable<string> HostileUrls() =>
        [.. _hostile.Select(receiver => $"{receiver.Url}/"), $"http://127.0.0.1:{_silent.Number}/", $"http://127.0.0.1:{_closed.Number}/"];

    private async Task RegisterAsync()
    {
        var hostile = HostileUrls().Chunk(HostileEach).ToList();
        for (var number = 0; number < Organizations; number++)
        {
            var api = new WebhooksApi(_server.CreateClient(Guid.NewGuid()));
            _apis.Add(api);
            var healthy = Enumerable.Range(0, HealthyEach).Select(webhook => $"{_healthy.Url}/{number}/{webhook}");
            await Parallel.ForEachAsync(hostile[number], Cancel, async (url, _) => await api.RegisterAsync(url, "*"));
            await Parallel.ForEachAsync(healthy, Cancel, async (url, _) => await api.RegisterAsync(url, TimedLoad.EventType));
        }
    }

    /// <summary>Publishes events that only hostile receivers get: so many that those that hang could have every slot.</summary>
    private async Task PublishToHostileAsync()
    {
        foreach (var api in Enumerable.Repeat(_apis, EventsToHostile).SelectMany(apis => apis))
        {
            await api.PublishAsync(Guid.CreateVersion7(), "user.updated", new { }, Cancel);
            _publishedToHostile++;
        }
    }

    /// <summary>One that is slow keeps others of its kind waiting, so some may not have had their turn.</summary>
    private async Task LetAllBehaveBadlyAsync()
    {
        _mood.IsHostile = true;
        await PublishToHostileAsync();
        await Eventually.HoldsAsync(
            () => _hostile.All(receiver => receiver.Misdeeds > 0),
            () => "These were not sent anything: "
                + string.Join("; ", _hostile.Where(receiver => receiver.Misdeeds == 0).Select(receiver => receiver.Name)),
            Cancel);
        _mood.IsHostile = false;
    }

    /// <summary>Waits until what was not delivered when receivers were hostile is delivered. Two of them can never be well.</summary>
    private Task WaitUntilAllIsDoneAsync() => Eventually.HoldsAsync(
        async () => await CountAsync(
            "status = 'pending' AND webhook_id IN (SELECT id FROM webhooks "
            + $"WHERE url NOT LIKE '%:{_silent.Number}/' AND url NOT LIKE '%:{_closed.Number}/')") == 0,
        () => "Some deliveries stay pending.",
        Cancel);

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static TimeSpan NinetyNineOfHundred(IReadOnlyList<TimeSpan> delays) => delays[delays.Count * 99 / 100];

    private async Task<long> CountAsync(string condition)
    {
        await using var command = _database.CreateCommand($"SELECT count(*) FROM webhook_deliveries WHERE {condition}");
        return (long)(await command.ExecuteScalarAsync(Cancel))!;
    }
}
