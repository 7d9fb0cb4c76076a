using System.Text.Json.Nodes;
using Webhooks.Testing;

namespace Webhooks.EndToEnd.Tests;

/// <summary>What a webhook misses while it is inactive is kept, and can be made good.</summary>
[Trait("Host", "both")]
public sealed class SkippedTests : IAsyncLifetime
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
    public async Task Events_for_an_inactive_webhook_are_kept_as_skipped_and_arrive_when_they_are_redelivered()
    {
        await using var receiver = await Receiver.StartAsync();
        var webhook = await _api.RegisterAsync($"{receiver.Url}/pauses", "*");
        var indifferent = await _api.RegisterAsync(
            new { url = $"{receiver.Url}/indifferent", events = new[] { "*" }, active = false, keep_skipped = false });
        var other = await _api.RegisterAsync($"{receiver.Url}/other", "*");
        await _api.ChangeAsync(webhook.Id, new { active = false });

        var missed = await _api.PublishAsync(1, Cancel);

        await _api.WaitForHistoryAsync(other.Id, history => Statuses(history) == "succeeded", Cancel);
        var skipped = Assert.Single(await _api.HistoryAsync(webhook.Id));
        Assert.Equal("skipped", skipped["status"]!.GetValue<string>());
        Assert.Equal(missed, skipped["event_id"]!.GetValue<Guid>());
        Assert.Empty(await _api.HistoryAsync(indifferent.Id));

        await _api.ChangeAsync(webhook.Id, new { active = true });
        var live = await _api.PublishAsync(2, Cancel);
        await _api.WaitForHistoryAsync(webhook.Id, history => Statuses(history) == "succeeded skipped", Cancel);
        await _api.RedeliverAsync(webhook.Id, skipped);

        var history = await _api.WaitForHistoryAsync(webhook.Id, all => Statuses(all) == "succeeded succeeded skipped", Cancel);
        Assert.Equal(skipped["id"]!.GetValue<Guid>(), history.Max(delivery => delivery["redelivery_of"]?.GetValue<Guid>()));
        var found = Assert.Single(await _api.HistoryAsync(webhook.Id, "status=skipped"));
        Assert.Equal(skipped["id"]!.GetValue<Guid>(), found["id"]!.GetValue<Guid>());
        Assert.Equal(
            [live, missed],
            receiver.Requests.Where(request => request.Path == "/pauses").Select(request => Guid.Parse(request.Header("webhook-id")!))
                .Where(id => id == live || id == missed));
        Assert.DoesNotContain("/indifferent", receiver.Requests.Select(request => request.Path));
    }

    /// <summary>The states, newest first, without that of the probe which a webhook gets when it is activated.</summary>
    private static string Statuses(IReadOnlyList<JsonNode> history) => string.Join(
        ' ',
        history.Where(delivery => !delivery["test"]!.GetValue<bool>()).Select(delivery => delivery["status"]!.GetValue<string>()));
}
