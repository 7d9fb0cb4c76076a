using Webhooks.Testing;

namespace Webhooks.EndToEnd.Tests;

/// <summary>What was accepted is delivered, however the server ends.</summary>
[Trait("Host", "both")]
public sealed class CrashTests
{
    /// <summary>Longer than it takes from an answer to the commit of its record, on a busy machine.</summary>
    private static readonly TimeSpan _recordedWithin = TimeSpan.FromSeconds(5);

    /// <summary>Attempts of a server that crashed are made again when their leases end, a minute after the attempt timeout.</summary>
    private static readonly Dictionary<string, string> _settings = new() { ["Webhooks__AttemptTimeout"] = "00:00:02" };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Killed_at_random_moments_under_load_the_server_delivers_every_accepted_event_and_repeats_only_what_was_in_flight()
    {
        var random = new Random();
        await using var receiver = await Receiver.StartAsync((_, context) => Task.Delay(random.Next(100), context.RequestAborted));
        await using var installation = await Installation.CreateAsync(_settings);
        var server = await installation.StartServerAsync();
        RegisteredWebhook webhook;
        using (var api = installation.Api(server))
        {
            webhook = await api.RegisterAsync($"{receiver.Url}/hook", "*");
        }

        var load = new Load(installation);
        load.DirectTo(server);
        load.Start();
        var kills = new List<DateTimeOffset>();
        for (var i = 0; i < 5; i++)
        {
            await load.WaitForMoreAsync(random.Next(1, 300), Cancel);
            await server.KillAsync();
            kills.Add(DateTimeOffset.UtcNow);
            server = await installation.StartServerAsync();
            load.DirectTo(server);
        }

        await load.StopAsync();

        var accepted = load.Accepted.Select(id => id.ToString()).ToHashSet();
        await Eventually.HoldsAsync(
            () => accepted.IsSubsetOf(receiver.Requests.Select(request => request.Header("webhook-id")!)),
            () => $"{accepted.Except(receiver.Requests.Select(request => request.Header("webhook-id")!)).Count()} of {accepted.Count} "
                + $"accepted events did not arrive.\n{server.Log}",
            Cancel);
        using var last = installation.Api(server);
        await Eventually.HoldsAsync(
            async () => (await last.HistoryAsync(webhook.Id, "status=pending")).Count == 0, () => "Some deliveries stay pending.", Cancel);

        var repeated = receiver.Requests.GroupBy(request => request.Header("webhook-id")).Where(requests => requests.Count() > 1);
        Assert.All(repeated, requests => Assert.Contains(
            kills, kill => kill - requests.First().At is var before && before > TimeSpan.Zero && before < _recordedWithin));
    }

    [Fact]
    public async Task Asked_to_stop_under_load_the_server_finishes_what_it_does_and_nothing_is_repeated()
    {
        await using var receiver = await Receiver.StartAsync((_, context) => Task.Delay(200, context.RequestAborted));
        await using var installation = await Installation.CreateAsync(new Dictionary<string, string>());
        var first = await installation.StartServerAsync();
        using (var api = installation.Api(first))
        {
            await api.RegisterAsync($"{receiver.Url}/hook", "*");
        }

        var load = new Load(installation);
        load.DirectTo(first);
        load.Start();
        await load.WaitForMoreAsync(200, Cancel);
        await receiver.WaitForAsync(50);

        Assert.Equal(0, await first.StopAsync());

        var second = await installation.StartServerAsync();
        load.DirectTo(second);
        await load.WaitForMoreAsync(100, Cancel);
        await load.StopAsync();
        await Eventually.HoldsAsync(
            () => receiver.Requests.Count >= load.Accepted.Count, () =>
                $"{receiver.Requests.Count} of {load.Accepted.Count} accepted events arrived.", Cancel);
        var delivered = receiver.Requests.Select(request => Guid.Parse(request.Header("webhook-id")!)).ToList();
        Assert.Equal(delivered.Distinct().Count(), delivered.Count);
        Assert.Superset(load.Accepted.ToHashSet(), delivered.ToHashSet());
        Assert.DoesNotContain(TestedHost.IsFunctions ? "fail:" : "Exception", first.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_servers_on_one_database_deliver_each_event_once()
    {
        const int Events = 200;
        await using var receiver = await Receiver.StartAsync();
        await using var installation = await Installation.CreateAsync(new Dictionary<string, string>());
        using var one = installation.Api(await installation.StartServerAsync());
        using var other = installation.Api(await installation.StartServerAsync());
        var webhook = await one.RegisterAsync($"{receiver.Url}/hook", "*");

        await Parallel.ForAsync(
            0, Events, Cancel, async (number, cancel) => await (number % 2 == 0 ? one : other).PublishAsync(number, cancel));

        await receiver.WaitForAsync(Events);
        await Eventually.HoldsAsync(
            async () => (await other.HistoryAsync(webhook.Id, "status=pending")).Count == 0, () => "Some deliveries stay pending.", Cancel);
        Assert.Equal(Events, receiver.Requests.Select(request => request.Header("webhook-id")).Distinct().Count());
        Assert.Equal(Events, receiver.Requests.Count);
    }
}
