using Webhooks.Client.Publishing;
using Webhooks.Client.Receiving;
using Webhooks.Testing;

namespace Webhooks.EndToEnd.Tests;

/// <summary>The way from a published event to the receiver's signed POST and its place in the history.</summary>
[Trait("Host", "both")]
public sealed class PublishingTests : PublishingTest
{
    [Fact]
    public async Task An_event_published_over_HTTP_arrives_signed_and_is_in_the_history()
    {
        var webhook = await Api.RegisterAsync($"{Receiver.Url}/hook", "user.created");
        using var http = new HttpClient { BaseAddress = new Uri(Server.Url) };
        var publisher = new HttpPublisher(http, _ => ValueTask.FromResult(Server.CreateToken(Installation.Organization)));

        var published = await publisher.PublishAsync(Installation.Organization, "user.created", new { UserId = "42" }, Cancel);

        Assert.Equal(1, published.Deliveries);
        await ArrivesSignedAndIsInTheHistory(webhook, published.Id.ToString());
    }

    [Fact]
    public async Task An_event_put_on_the_queue_arrives_signed_and_is_in_the_history()
    {
        var webhook = await Api.RegisterAsync($"{Receiver.Url}/hook", "user.created");

        var id = await new QueuePublisher(Queue.ConnectionString).PublishAsync(
            Installation.Organization, "user.created", new { UserId = "42" }, Cancel);

        await ArrivesSignedAndIsInTheHistory(webhook, id);
    }

    [Fact]
    public async Task Events_of_a_kind_arrive_at_a_webhook_that_lists_the_kind()
    {
        await Api.RegisterAsync($"{Receiver.Url}/users", "user.*");
        var others = await Api.RegisterAsync($"{Receiver.Url}/payments", "payment.*");

        await Api.PublishAsync(1, Cancel);

        var request = Assert.Single(await Receiver.WaitForAsync(1));
        Assert.Equal("/users", request.Path);
        Assert.Empty(await Api.HistoryAsync(others.Id));
    }

    [Fact]
    public async Task Only_events_that_pass_a_filter_arrive_and_the_others_are_explained()
    {
        var filtered = await Api.RegisterAsync(
            new
            {
                url = $"{Receiver.Url}/filtered",
                events = new[] { "*" },
                filter = new { data = new { number = new Dictionary<string, int> { ["$gte"] = 2 } } },
            });
        var all = await Api.RegisterAsync($"{Receiver.Url}/all", "*");

        var left = await Api.PublishAsync(1, Cancel);
        await Api.PublishAsync(2, Cancel);

        var requests = await Receiver.WaitForAsync(3);
        Assert.Equal(["/all", "/all", "/filtered"], requests.Select(request => request.Path).Order());
        Assert.Equal("filtered", (await Api.ExplainAsync(filtered.Id, left))["reason"]!.GetValue<string>());
        Assert.Equal(2, (await Api.HistoryAsync(all.Id)).Count);
    }

    [Fact]
    public async Task The_same_event_published_both_ways_is_delivered_once()
    {
        var webhook = await Api.RegisterAsync($"{Receiver.Url}/hook", "*");
        var once = new WebhookEvent(Installation.Organization, "user.created", new { UserId = "42" });
        using var http = new HttpClient { BaseAddress = new Uri(Server.Url) };
        var publisher = new HttpPublisher(http, _ => ValueTask.FromResult(Server.CreateToken(Installation.Organization)));

        await publisher.PublishAsync(once, Cancel);
        await new QueuePublisher(Queue.ConnectionString).PublishAsync(once, Cancel);
        var last = await new QueuePublisher(Queue.ConnectionString).PublishAsync(
            Installation.Organization, "user.deleted", new { UserId = "42" }, Cancel);

        await Api.WaitForHistoryAsync(
            webhook.Id, history => history.Any(delivery => delivery["event_id"]!.GetValue<string>() == last), Cancel);
        var requests = await Receiver.WaitForAsync(
            requests => requests.Select(request => request.Header("webhook-id")).ToHashSet().IsSupersetOf([once.Id, last]));
        Assert.Single(requests, request => request.Header("webhook-id") == once.Id);
    }

    private async Task ArrivesSignedAndIsInTheHistory(RegisteredWebhook webhook, string eventId)
    {
        var request = Assert.Single(await Receiver.WaitForAsync(1));
        var verifier = new WebhookVerifier(webhook.Secret);
        Assert.Equal(
            WebhookVerification.Valid,
            verifier.Verify(
                request.Body, request.Header("webhook-id"), request.Header("webhook-timestamp"), request.Header("webhook-signature")));
        Assert.True(verifier.VerifyBody(request.Body, request.Header("X-Webhook-Signature")));
        Assert.Equal(eventId, request.Header("webhook-id"));
        Assert.Contains("\"user_id\": \"42\"", request.Text, StringComparison.Ordinal);

        var history = await Api.WaitForHistoryAsync(
            webhook.Id, deliveries => deliveries is [{ } delivery] && delivery["delivered_at"] is not null, Cancel);
        Assert.Equal(eventId, history[0]["event_id"]!.GetValue<string>());
        Assert.Equal(1, history[0]["attempt_number"]!.GetValue<int>());
        Assert.Equal("succeeded", history[0]["status"]!.GetValue<string>());
    }
}
