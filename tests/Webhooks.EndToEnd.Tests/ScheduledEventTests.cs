using Webhooks.Client.Publishing;
using Webhooks.Testing;

namespace Webhooks.EndToEnd.Tests;

/// <summary>Events whose delivery begins at a time that their publisher names.</summary>
[Trait("Host", "both")]
public sealed class ScheduledEventTests : IAsyncLifetime
{
    private AzuriteServer _queue = null!;
    private Installation _installation = null!;
    private ServerProcess _server = null!;
    private Receiver _receiver = null!;
    private WebhooksApi _api = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _queue = await AzuriteServer.StartAsync();
        _receiver = await Receiver.StartAsync();
        _installation = await Installation.CreateAsync(
            new Dictionary<string, string> { ["ConnectionStrings__Queues"] = _queue.ConnectionString });
        _server = await _installation.StartServerAsync();
        _api = _installation.Api(_server);
    }

    public async ValueTask DisposeAsync()
    {
        _api.Dispose();
        await _installation.DisposeAsync();
        await _receiver.DisposeAsync();
        await _queue.DisposeAsync();
    }

    [Fact]
    public async Task An_event_arrives_at_its_time_and_not_before_whichever_way_it_came()
    {
        var webhook = await _api.RegisterAsync($"{_receiver.Url}/hook", "user.created");
        var time = DateTimeOffset.UtcNow.AddSeconds(12);
        var later = new WebhookEvent(_installation.Organization, "user.created", new { Way = "http" })
        {
            DeliverAt = time,
            OrderingKey = "customer 7",
        };
        using var http = new HttpClient { BaseAddress = new Uri(_server.Url) };
        var publisher = new HttpPublisher(http, _ => ValueTask.FromResult(_server.CreateToken(_installation.Organization)));

        await publisher.PublishAsync(later, Cancel);
        await new QueuePublisher(_queue.ConnectionString).PublishAsync(
            later with { Id = Guid.CreateVersion7().ToString(), Data = new { Way = "queue" } }, Cancel);
        await publisher.PublishAsync(later with { Id = Guid.CreateVersion7().ToString(), DeliverAt = null }, Cancel);

        var requests = await _receiver.WaitForAsync(3);
        Assert.All(requests.Skip(1), request => Assert.InRange(request.At, time, DateTimeOffset.MaxValue));
        var history = await _api.WaitForHistoryAsync(
            webhook.Id, items => items.Count == 3 && items.All(item => (string?)item["status"] == "succeeded"), Cancel);
        Assert.All(history, item => Assert.Equal("customer 7", (string?)item["ordering_key"]));
        Assert.All(history, item => Assert.Equal(1, (int)item["attempt_number"]!));
        Assert.Equal(2, history.Count(item => item["deliver_at"] is not null));
    }
}
