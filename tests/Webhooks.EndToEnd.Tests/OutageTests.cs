using Webhooks.Client.Publishing;
using Webhooks.Testing;

namespace Webhooks.EndToEnd.Tests;

/// <summary>PostgreSQL or the queue goes away for a while and comes back; the server stays.</summary>
[Trait("Host", "both")]
public sealed class OutageTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task PostgreSQL_stopped_and_started_under_load_loses_no_accepted_event()
    {
        await using var receiver = await Receiver.StartAsync();
        var postgres = await PostgresServer.StartAsync();
        await using var installation = Installation.On(
            postgres, new Dictionary<string, string> { ["Webhooks__AttemptTimeout"] = "00:00:02" });
        var server = await installation.StartServerAsync();
        using var api = installation.Api(server);
        await api.RegisterAsync($"{receiver.Url}/hook", "*");
        var load = new Load(installation);
        load.DirectTo(server);
        load.Start();

        for (var i = 0; i < 2; i++)
        {
            await load.WaitForMoreAsync(100, Cancel);
            await postgres.StopAsync();
            await Eventually.HoldsAsync(() => AnswersAsync(server, 503), () => "The server calls itself ready without a database.", Cancel);
            await postgres.StartAgainAsync();
            await Eventually.HoldsAsync(
                () => AnswersAsync(server, 200), () => $"The server does not get ready again:\n{server.Log}", Cancel);
        }

        await load.WaitForMoreAsync(100, Cancel);
        await load.StopAsync();
        var accepted = load.Accepted.Select(id => id.ToString()).ToHashSet();
        await Eventually.HoldsAsync(
            () => accepted.IsSubsetOf(receiver.Requests.Select(request => request.Header("webhook-id")!)),
            () => $"Accepted events did not arrive.\n{server.Log}",
            Cancel);
    }

    [Fact]
    public async Task Events_put_on_a_queue_that_is_stopped_and_started_all_arrive()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var queue = await AzuriteServer.StartAsync();
        await using var installation = await Installation.CreateAsync(
            new Dictionary<string, string> { ["ConnectionStrings__Queues"] = queue.ConnectionString });
        var server = await installation.StartServerAsync();
        using var api = installation.Api(server);
        await api.RegisterAsync($"{receiver.Url}/hook", "*");
        var publisher = new QueuePublisher(queue.ConnectionString);
        var before = await publisher.PublishAsync(installation.Organization, "user.created", new { Number = 1 }, Cancel);
        await receiver.WaitForAsync(1);

        await queue.StopAsync();
        if (!TestedHost.IsFunctions)
        {
            // The Functions host ends when its storage account is away for half a minute, and Azure starts it again.
            await Eventually.HoldsAsync(
                () => server.Log.Contains("the storage queue fails", StringComparison.Ordinal),
                () => $"The log does not tell of the outage:\n{server.Log}", Cancel);
        }

        await queue.StartAgainAsync();

        var after = await publisher.PublishAsync(installation.Organization, "user.created", new { Number = 2 }, Cancel);
        var requests = await receiver.WaitForAsync(2);
        Assert.Equal([before, after], requests.Select(request => request.Header("webhook-id")));
    }

    private static async Task<bool> AnswersAsync(ServerProcess server, int status)
    {
        using var http = new HttpClient();
        using var answer = await http.GetAsync(new Uri($"{server.Url}/health/ready"), Cancel);
        return (int)answer.StatusCode == status;
    }
}
