using System.Text.Json.Nodes;
using Webhooks.Testing;

namespace Webhooks.EndToEnd.Tests;

/// <summary>Webhooks whose receivers ask for time or do not answer: their deliveries are held and say so.</summary>
[Trait("Host", "both")]
public sealed class PauseTests : IAsyncLifetime
{
    private Installation _installation = null!;
    private WebhooksApi _api = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _installation = await Installation.CreateAsync(new Dictionary<string, string> { ["Webhooks__CircuitOpensAfter"] = "3" });
        _api = _installation.Api(await _installation.StartServerAsync());
    }

    public async ValueTask DisposeAsync()
    {
        _api.Dispose();
        await _installation.DisposeAsync();
    }

    [Fact]
    public async Task A_receiver_that_asks_for_time_gets_it_for_all_deliveries_of_its_webhook()
    {
        await using var receiver = await Receiver.StartAsync((_, context) =>
        {
            context.Response.Headers.RetryAfter = "600";
            context.Response.StatusCode = 429;
            return Task.CompletedTask;
        });
        var webhook = (await _api.RegisterAsync(receiver.Url, "*")).Id;
        await _api.PublishAsync(1, Cancel);
        await WaitAsync(webhook, shown => Text(shown["health"]!, "paused_by") == "retry_after");

        var held = await PublishUntilHeldAsync(webhook);

        Assert.Equal("retry_after", Text(held["held"]!, "by"));
        var health = (await _api.WebhookAsync(webhook))["health"]!;
        Assert.Equal(Text(health, "paused_until"), Text(held["held"]!, "until"));
        Assert.Equal("closed", Text(health, "circuit"));
        Assert.DoesNotContain(receiver.Requests, request => request.Header("X-Webhook-Delivery") == Text(held, "id"));
    }

    [Fact]
    public async Task A_receiver_that_fails_is_left_alone_until_a_probe_gets_an_answer_and_then_gets_what_was_held()
    {
        var status = 503;
        await using var receiver = await Receiver.StartAsync(_ => status);
        var fields = new { url = receiver.Url, events = new[] { "*" }, retry_delays = new[] { 1, 1, 1, 1 } };
        var webhook = (await _api.RegisterAsync(fields)).Id;
        await _api.PublishAsync(1, Cancel);
        await WaitAsync(webhook, shown => Text(shown["health"]!, "circuit") == "open");
        var held = await PublishUntilHeldAsync(webhook);
        Assert.Equal("circuit", Text(held["held"]!, "by"));
        status = 200;

        var ended = await _api.WaitForHistoryAsync(
            webhook, deliveries => deliveries.All(delivery => Text(delivery, "status") == "succeeded"), Cancel);

        Assert.Equal(1, ended.Single(delivery => Text(delivery, "id") == Text(held, "id"))["attempt_number"]!.GetValue<int>());
        Assert.Equal("closed", Text((await _api.WebhookAsync(webhook))["health"]!, "circuit"));
    }

    [Fact]
    public async Task A_test_that_succeeds_closes_the_circuit_at_once()
    {
        var status = 503;
        await using var receiver = await Receiver.StartAsync(_ => status);
        var webhook = (await _api.RegisterAsync(receiver.Url, "*")).Id;
        for (var fault = 0; fault < 3; fault++)
        {
            await _api.TestAsync(webhook);
        }

        Assert.Equal("open", Text((await _api.WebhookAsync(webhook))["health"]!, "circuit"));
        status = 200;

        await _api.TestAsync(webhook);

        var health = (await _api.WebhookAsync(webhook))["health"]!;
        Assert.Equal(("closed", null), (Text(health, "circuit"), Text(health, "paused_until")));
    }

    /// <summary>
    /// Publishes until a delivery waits unattempted: a pause holds within half a second, and at once for what is claimed after that.
    /// </summary>
    private async Task<JsonNode> PublishUntilHeldAsync(Guid webhook)
    {
        JsonNode? held = null;
        await Eventually.HoldsAsync(
            async () =>
            {
                await _api.PublishAsync(2, Cancel);
                held = (await _api.HistoryAsync(webhook)).FirstOrDefault(
                    delivery => delivery["held"] is not null && delivery["attempt_number"]!.GetValue<int>() == 0);
                return held is not null;
            },
            () => "no delivery is held",
            Cancel);
        return held!;
    }

    private async Task<JsonNode> WaitAsync(Guid webhook, Func<JsonNode, bool> condition)
    {
        var shown = await _api.WebhookAsync(webhook);
        await Eventually.HoldsAsync(
            async () => condition(shown = await _api.WebhookAsync(webhook)), () => shown.ToJsonString(), Cancel);
        return shown;
    }

    private static string? Text(JsonNode node, string name) => node[name]?.GetValue<string>();
}
