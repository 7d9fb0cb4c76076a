using Webhooks.Testing;

namespace Webhooks.Endurance.Tests.Backlog;

/// <summary>A large backlog of webhooks whose receivers are well, as after an outage of the platform.</summary>
public sealed class BacklogTests(ITestOutputHelper output)
{
    private const string BacklogEvent = "user.created";
    private const string OtherEvent = "invoice.paid";
    private const long MostMemory = 400 * ProcessFigures.Mebibyte;

    /// <summary>
    /// How many times as long as the median tenth of the deliveries each may take. In a tenth of the time, there may be no arrival because
    /// the machine stood still for that long.
    /// </summary>
    private const double MostTimesMedian = 5;

    private static readonly TimeSpan _withinSeconds = TimeSpan.FromSeconds(5);

    private static readonly Dictionary<string, string> _settings = new()
    {
        // A line for each attempt is more than this process wants to keep.
        ["Logging__LogLevel__Webhooks.Core.Deliveries"] = "Warning",
        ["Logging__LogLevel__Webhooks.Core.Events"] = "Warning",
    };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    public async Task A_backlog_drains_steadily_in_bounded_memory_and_new_events_of_others_go_out_within_seconds(int webhooks)
    {
        Newcomers? ofSameOrganization = null;
        Newcomers? ofAnother = null;
        var arrived = 0;
        await using var receiver = await LightReceiver.StartAsync(context =>
        {
            if (context.Request.Path == "/backlog")
            {
                Interlocked.Increment(ref arrived);
            }
            else
            {
                ofSameOrganization!.Arrived(context.Request.Headers["webhook-id"]!);
                ofAnother!.Arrived(context.Request.Headers["webhook-id"]!);
            }

            return Task.CompletedTask;
        });
        var postgres = await PostgresServer.StartAsync();
        await using var installation = Installation.On(postgres, _settings);
        await using var database = new BacklogDatabase(installation.ConnectionString);
        await InsertBacklogAsync(installation, database, receiver.Url, webhooks);

        var server = await installation.StartServerAsync();
        using var api = installation.Api(server);
        using var otherApi = new WebhooksApi(server.CreateClient(Guid.NewGuid()));
        await api.RegisterAsync($"{receiver.Url}/new", OtherEvent);
        await otherApi.RegisterAsync($"{receiver.Url}/new", "*");
        ofSameOrganization = new Newcomers(api, OtherEvent);
        ofAnother = new Newcomers(otherApi, BacklogEvent);

        using var drained = new CancellationTokenSource();
        var publishing = Task.WhenAll(ofSameOrganization.PublishAsync(drained.Token), ofAnother.PublishAsync(drained.Token));
        var drain = new Drain(server.Id, () => Volatile.Read(ref arrived));
        await drain.WatchAsync(Endurance.Backlog, Cancel);
        await drained.CancelAsync();
        await publishing;
        var delays = await Task.WhenAll(ofSameOrganization.DelaysAsync(), ofAnother.DelaysAsync());
        await Eventually.HoldsAsync(
            async () => await database.CountAsync("status = 'pending'", Cancel) == 0, () => "Some deliveries stay pending.", Cancel);

        var durations = drain.DurationOfParts;
        output.WriteLine(
            $"{Endurance.Backlog} deliveries to {webhooks} webhooks in {drain.Duration}, "
            + $"tenths of them in {string.Join(' ', durations.Select(duration => $"{duration.TotalSeconds:0.0}"))} s");
        output.WriteLine($"At most {drain.MostMemory / ProcessFigures.Mebibyte} MiB");
        output.WriteLine($"New events of the same organization: {Describe(delays[0])}; of another one: {Describe(delays[1])}");
        var median = durations.Order().ElementAt(durations.Count / 2);
        Assert.All(durations, duration => Assert.InRange(duration, TimeSpan.Zero, MostTimesMedian * median));
        Assert.InRange(drain.MostMemory, 0, MostMemory);
        Assert.All(delays, some => Assert.InRange(AllButFew(some), TimeSpan.Zero, Shorter(_withinSeconds, drain.Duration / 4)));
        Assert.Equal(Endurance.Backlog, arrived);
        Assert.Equal(
            Endurance.Backlog + delays.Sum(some => some.Count),
            await database.CountAsync("status = 'succeeded' AND attempt_number = 1", Cancel));
    }

    private static string Describe(IReadOnlyList<TimeSpan> delays) =>
        $"{delays.Count} after {delays[delays.Count / 2]} (median), {AllButFew(delays)} (19 of 20), {delays[^1]} (all)";

    /// <summary>The delay that 19 of 20 do not exceed: one of a whole second may be the machine's doing.</summary>
    private static TimeSpan AllButFew(IReadOnlyList<TimeSpan> delays) => delays[delays.Count * 19 / 20];

    // In one that works off the oldest first, half of the new events wait for half of the backlog, however fast it is.
    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    /// <summary>Registers the webhooks with a server, which has ended when the deliveries are there.</summary>
    private static async Task InsertBacklogAsync(Installation installation, BacklogDatabase database, string url, int webhooks)
    {
        var server = await installation.StartServerAsync();
        using var api = installation.Api(server);
        var ids = new List<Guid>();
        while (ids.Count < webhooks)
        {
            ids.Add((await api.RegisterAsync($"{url}/backlog", BacklogEvent)).Id);
        }

        await server.StopAsync();
        await database.InsertAsync(ids, Endurance.Backlog, Cancel);
    }
}
