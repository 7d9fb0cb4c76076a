using System.Text.Json.Nodes;
using Webhooks.Testing;

namespace Webhooks.EndToEnd.Tests;

/// <summary>What became of events, over all webhooks, and why one did or did not reach one of them.</summary>
[Trait("Host", "both")]
public sealed class HistoryTests : IAsyncLifetime
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
    public async Task An_event_is_found_with_what_became_of_it_at_each_webhook_and_every_fate_is_explained()
    {
        await using var receiver = await Receiver.StartAsync(request => request.Path == "/fails" ? 500 : 200);
        var works = await _api.RegisterAsync($"{receiver.Url}/works", "*");
        var fails = await _api.RegisterAsync(
            new { url = $"{receiver.Url}/fails", events = new[] { "*" }, retry_delays = Array.Empty<int>() });
        var waits = await _api.RegisterAsync(
            new { url = $"{receiver.Url}/fails", events = new[] { "*" }, retry_delays = new[] { 86400 } });
        var pauses = await _api.RegisterAsync(new { url = $"{receiver.Url}/pauses", events = new[] { "*" }, active = false });
        var forgets = await _api.RegisterAsync(
            new { url = $"{receiver.Url}/forgets", events = new[] { "*" }, active = false, keep_skipped = false });
        var elsewhere = await _api.RegisterAsync($"{receiver.Url}/elsewhere", "invoice.paid");

        var id = await _api.PublishAsync(1, Cancel);

        await WaitAsync(works, "succeeded", attempts: 1);
        await WaitAsync(fails, "failed", attempts: 1);
        await WaitAsync(waits, "pending", attempts: 1);
        var later = await _api.RegisterAsync($"{receiver.Url}/later", "*");
        var listed = Assert.Single(await _api.EventsAsync());
        Assert.Equal(id, listed["id"]!.GetValue<Guid>());
        Assert.Equal(
            """{"pending":1,"succeeded":1,"failed":1,"canceled":0,"skipped":1}""", listed["deliveries"]!.ToJsonString());
        var shown = await _api.EventAsync(id);
        Assert.Equal(1, shown["data"]!["number"]!.GetValue<int>());
        Assert.Equal(
            (await _api.AllDeliveriesAsync()).Select(delivery => delivery.ToJsonString()),
            shown["deliveries"]!.AsArray().Select(delivery => delivery!.ToJsonString()));
        Assert.Equal(4, shown["deliveries"]!.AsArray().Count);

        (RegisteredWebhook Webhook, string Reason)[] fates =
        [
            (works, "delivered"), (fails, "failed"), (waits, "pending"), (pauses, "skipped"), (forgets, "inactive"),
            (elsewhere, "not_subscribed"), (later, "created_later"),
        ];
        foreach (var (webhook, reason) in fates)
        {
            Assert.Equal(reason, (await _api.ExplainAsync(webhook.Id, id))["reason"]!.GetValue<string>());
        }

        await _api.ChangeAsync(waits.Id, new { active = false });
        Assert.Equal("canceled", (await _api.ExplainAsync(waits.Id, id))["reason"]!.GetValue<string>());
        Assert.Equal("unknown_event", (await _api.ExplainAsync(works.Id, Guid.CreateVersion7()))["reason"]!.GetValue<string>());
    }

    private Task<IReadOnlyList<JsonNode>> WaitAsync(RegisteredWebhook webhook, string status, int attempts) => _api.WaitForHistoryAsync(
        webhook.Id,
        history => history.Count == 1
            && history[0]["status"]!.GetValue<string>() == status
            && history[0]["attempt_number"]!.GetValue<int>() == attempts,
        Cancel);
}
