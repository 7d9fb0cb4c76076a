using Webhooks.Client.Publishing;
using Webhooks.Testing;

namespace Webhooks.EndToEnd.Tests;

/// <summary>Events whose delivery begins at a time that their publisher names.</summary>
[Trait("Host", "both")]
public sealed class ScheduledEventTests : PublishingTest
{
    [Fact]
    public async Task An_event_arrives_at_its_time_and_not_before_whichever_way_it_came()
    {
        var webhook = await Api.RegisterAsync($"{Receiver.Url}/hook", "user.created");
        var time = DateTimeOffset.UtcNow.AddSeconds(12);
        var later = new WebhookEvent(Installation.Organization, "user.created", new { Way = "http" })
        {
            DeliverAt = time,
            OrderingKey = "customer 7",
        };
        using var http = new HttpClient { BaseAddress = new Uri(Server.Url) };
        var publisher = new HttpPublisher(http, _ => ValueTask.FromResult(Server.CreateToken(Installation.Organization)));

        await publisher.PublishAsync(later, Cancel);
        await new QueuePublisher(Queue.ConnectionString).PublishAsync(
            later with { Id = Guid.CreateVersion7().ToString(), Data = new { Way = "queue" } }, Cancel);
        await publisher.PublishAsync(later with { Id = Guid.CreateVersion7().ToString(), DeliverAt = null }, Cancel);

        var requests = await Receiver.WaitForAsync(3);
        Assert.All(requests.Skip(1), request => Assert.InRange(request.At, time, DateTimeOffset.MaxValue));
        var history = await Api.WaitForHistoryAsync(
            webhook.Id, items => items.Count == 3 && items.All(item => (string?)item["status"] == "succeeded"), Cancel);
        Assert.All(history, item => Assert.Equal("customer 7", (string?)item["ordering_key"]));
        Assert.All(history, item => Assert.Equal(1, (int)item["attempt_number"]!));
        Assert.Equal(2, history.Count(item => item["deliver_at"] is not null));
    }
}
