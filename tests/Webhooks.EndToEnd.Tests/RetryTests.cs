using System.Text.Json.Nodes;
using Webhooks.Testing;

namespace Webhooks.EndToEnd.Tests;

/// <summary>Failed attempts are made again on the schedule, until one succeeds or the schedule ends.</summary>
[Trait("Host", "both")]
public sealed class RetryTests
{
    private static readonly Dictionary<string, string> _quick = new() { ["Webhooks__RetryDelays"] = "00:00:00.2,00:00:00.2,00:00:00.2" };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_receiver_that_recovers_gets_the_delivery_at_a_later_attempt()
    {
        await using var receiver = await Receiver.StartAsync(request => request.Header("X-Webhook-Attempt") == "3" ? 204 : 503);

        var delivery = await DeliverAsync(receiver.Url, "succeeded");

        Assert.Equal([503, 503, 204], Statuses(delivery));
        var requests = await receiver.WaitForAsync(3);
        Assert.Equal(["1", "2", "3"], requests.Select(request => request.Header("X-Webhook-Attempt")));
        Assert.All(requests, request => Assert.Equal(requests[0].Body, request.Body));
        Assert.Single(requests.Select(request => request.Header("webhook-id")).Distinct());
    }

    [Fact]
    public async Task A_receiver_that_never_recovers_gets_every_attempt_of_the_schedule()
    {
        await using var receiver = await Receiver.StartAsync(_ => 500);

        var delivery = await DeliverAsync(receiver.Url, "failed");

        Assert.Equal([500, 500, 500, 500], Statuses(delivery));
        Assert.Null(delivery["next_attempt_at"]);
    }

    [Fact]
    public async Task An_attempt_that_reaches_nobody_is_recorded_with_its_error()
    {
        using var port = new ClosedPort();

        var delivery = await DeliverAsync($"http://127.0.0.1:{port.Number}", "failed");

        Assert.Equal(4, delivery["attempts"]!.AsArray().Count);
        Assert.Null(delivery["response_status"]);
        Assert.NotNull(delivery["error"]);
    }

    [Fact]
    public async Task A_receiver_that_aborts_a_delivery_gets_it_no_more_and_the_history_says_why()
    {
        await using var receiver = await Receiver.StartAsync((_, context) =>
        {
            context.Response.StatusCode = 422;
            context.Response.Headers["webhook-delivery"] = "abort-message";
            return Task.CompletedTask;
        });

        var delivery = await DeliverAsync(receiver.Url, "failed");

        Assert.Equal([422], Statuses(delivery));
        Assert.Equal("aborted_by_receiver", delivery["error"]!.GetValue<string>());
        Assert.Equal(422, delivery["response_status"]!.GetValue<int>());
        Assert.Contains("abort-message", delivery["attempts"]![0]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Single(receiver.Requests);
    }

    private static IEnumerable<int> Statuses(JsonNode delivery) =>
        delivery["attempts"]!.AsArray().Select(attempt => attempt!["response_status"]!.GetValue<int>());

    /// <summary>Publishes one event to a URL and waits for its end.</summary>
    private static async Task<JsonNode> DeliverAsync(string url, string expectedStatus)
    {
        await using var installation = await Installation.CreateAsync(_quick);
        using var api = installation.Api(await installation.StartServerAsync());
        var webhook = await api.RegisterAsync($"{url}/hook", "*");
        await api.PublishAsync(1, Cancel);
        var history = await api.WaitForHistoryAsync(
            webhook.Id, deliveries => deliveries[0]["status"]!.GetValue<string>() != "pending", Cancel);
        Assert.Equal(expectedStatus, history[0]["status"]!.GetValue<string>());
        return await api.DeliveryAsync(webhook.Id, history[0]);
    }
}
