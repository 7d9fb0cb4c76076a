using System.Net;
using System.Text.Json.Nodes;
using Webhooks.Testing;

namespace Webhooks.EndToEnd.Tests;

/// <summary>Deliveries that are made again, earlier, or not at all, because somebody asks for it.</summary>
[Trait("Host", "both")]
public sealed class RedeliveryTests : IAsyncLifetime
{
    private Installation _installation = null!;
    private WebhooksApi _api = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _installation = await Installation.CreateAsync(new Dictionary<string, string>());
        _api = _installation.Api(await _installation.StartServerAsync());
    }

    public async ValueTask DisposeAsync()
    {
        _api.Dispose();
        await _installation.DisposeAsync();
    }

    [Fact]
    public async Task A_failed_delivery_that_is_redelivered_arrives_as_the_same_event_in_another_delivery()
    {
        var status = 500;
        await using var receiver = await Receiver.StartAsync(_ => status);
        var webhook = await RegisterAsync(receiver, retryDelays: []);
        await _api.PublishAsync(1, Cancel);
        var failed = (await WaitAsync(webhook, deliveries => Status(deliveries[0]) == "failed"))[0];

        status = 200;
        var again = await _api.RedeliverAsync(webhook.Id, failed);

        var ended = await WaitAsync(webhook, deliveries => deliveries.Count == 2 && Status(deliveries[0]) == "succeeded");
        Assert.Equal(Text(again, "id"), Text(ended[0], "id"));
        Assert.Equal(Text(failed, "id"), Text(ended[0], "redelivery_of"));
        Assert.Equal("failed", Status(ended[1]));
        var requests = await receiver.WaitForAsync(2);
        Assert.Single(requests.Select(request => request.Header("webhook-id")).Distinct());
        Assert.Equal([Text(failed, "id"), Text(again, "id")], requests.Select(request => request.Header("X-Webhook-Delivery")));
        Assert.Single(requests.Select(request => request.Text).Distinct());
    }

    [Fact]
    public async Task A_delivery_that_waits_for_a_day_is_attempted_now_when_somebody_asks_and_again_when_he_asks_again()
    {
        var status = 503;
        await using var receiver = await Receiver.StartAsync(_ => status);
        var webhook = await RegisterAsync(receiver, retryDelays: [86400, 86400, 86400]);
        await _api.PublishAsync(1, Cancel);
        var waiting = (await WaitAsync(webhook, deliveries => Attempts(deliveries[0]) == 1))[0];

        await _api.RedeliverAsync(webhook.Id, waiting);
        await WaitAsync(webhook, deliveries => Attempts(deliveries[0]) == 2);
        status = 200;
        await _api.RedeliverAsync(webhook.Id, waiting);

        var ended = (await WaitAsync(webhook, deliveries => Status(deliveries[0]) == "succeeded")).Single();
        Assert.Equal(3, Attempts(ended));
        Assert.Equal(
            ["schedule", "manual", "manual"],
            (await _api.DeliveryAsync(webhook.Id, ended))["attempts"]!.AsArray().Select(attempt => Text(attempt!, "trigger")));
    }

    [Fact]
    public async Task A_canceled_delivery_and_a_canceled_backlog_get_no_more_attempts()
    {
        await using var receiver = await Receiver.StartAsync(_ => 503);
        var webhook = await RegisterAsync(receiver, retryDelays: [5, 5]);
        for (var number = 0; number < 5; number++)
        {
            await _api.PublishAsync(number, Cancel);
        }

        var waiting = await WaitAsync(webhook, deliveries => deliveries.Count == 5 && deliveries.All(delivery => Attempts(delivery) == 1));
        await _api.CancelAsync(webhook.Id, waiting[0]);
        var backlog = await _api.CancelBacklogAsync(webhook.Id);
        var witness = await RegisterAsync(receiver, retryDelays: [5, 1]);
        await _api.PublishAsync(5, Cancel);
        await WaitAsync(witness, deliveries => Status(deliveries[0]) == "failed");

        Assert.Equal(4, backlog["canceled"]!.GetValue<int>() + backlog["under_way"]!.GetValue<int>());
        Assert.True(backlog["complete"]!.GetValue<bool>());
        var canceled = (await _api.HistoryAsync(webhook.Id)).Skip(1).ToList();
        Assert.All(canceled, delivery => Assert.Equal("canceled", Status(delivery)));
    }

    [Fact]
    public async Task What_is_erased_is_shown_without_payload_and_is_neither_attempted_nor_sent_again()
    {
        await using var receiver = await Receiver.StartAsync(_ => 404);
        var webhook = await RegisterAsync(receiver, retryDelays: [5, 5]);
        await _api.PublishAsync(1, Cancel);
        var waiting = (await WaitAsync(webhook, deliveries => Attempts(deliveries[0]) == 1))[0];

        var redacted = await _api.RedactAsync(webhook.Id, waiting);
        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => _api.RedeliverAsync(webhook.Id, waiting));
        var witness = await RegisterAsync(receiver, retryDelays: [5, 1]);
        await _api.PublishAsync(2, Cancel);
        await WaitAsync(witness, deliveries => Status(deliveries[0]) == "failed");

        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Equal(("canceled", 1), (Status(redacted), Attempts(redacted)));
        Assert.Null(redacted["payload"]);
        Assert.Single(receiver.Requests, request => request.Header("X-Webhook-Delivery") == Text(waiting, "id"));
    }

    private Task<RegisteredWebhook> RegisterAsync(Receiver receiver, int[] retryDelays) =>
        _api.RegisterAsync(new { url = receiver.Url, events = new[] { "*" }, retry_delays = retryDelays });

    private Task<IReadOnlyList<JsonNode>> WaitAsync(RegisteredWebhook webhook, Func<IReadOnlyList<JsonNode>, bool> condition) =>
        _api.WaitForHistoryAsync(webhook.Id, deliveries => deliveries.Count > 0 && condition(deliveries), Cancel);

    private static string Status(JsonNode delivery) => Text(delivery, "status")!;

    private static int Attempts(JsonNode delivery) => delivery["attempt_number"]!.GetValue<int>();

    private static string? Text(JsonNode node, string name) => node[name]?.GetValue<string>();
}
