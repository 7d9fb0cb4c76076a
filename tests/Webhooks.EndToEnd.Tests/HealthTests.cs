using System.Text.Json.Nodes;
using Webhooks.Testing;

namespace Webhooks.EndToEnd.Tests;

/// <summary>Webhooks that are disabled because of what their receivers do, and enabled again.</summary>
[Trait("Host", "both")]
public sealed class HealthTests : IAsyncLifetime
{
    private Installation _installation = null!;
    private WebhooksApi _api = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _installation = await Installation.CreateAsync(new Dictionary<string, string> { ["Webhooks__DisableAfter"] = "00:00:03" });
        _api = _installation.Api(await _installation.StartServerAsync());
    }

    public async ValueTask DisposeAsync()
    {
        _api.Dispose();
        await _installation.DisposeAsync();
    }

    [Fact]
    public async Task A_delivery_that_gets_410_disables_its_webhook_and_enabling_it_sends_one_probe()
    {
        var status = 410;
        await using var receiver = await Receiver.StartAsync(_ => status);
        var webhook = await RegisterAsync(receiver);
        await _api.PublishAsync(1, Cancel);

        var disabled = await WaitAsync(webhook, shown => !shown["active"]!.GetValue<bool>());
        Assert.Equal("gone", Text(disabled, "disabled_reason"));
        Assert.NotNull(Text(disabled, "disabled_at"));
        Assert.Equal(1, disabled["health"]!["consecutive_failures"]!.GetValue<int>());
        await _api.PublishAsync(2, Cancel);

        status = 200;
        await _api.ChangeAsync(webhook, new { active = true });

        var healthy = await WaitAsync(webhook, shown => Text(shown["health"]!, "state") == "healthy");
        Assert.Null(Text(healthy, "disabled_reason"));
        var requests = await receiver.WaitForAsync(2);
        Assert.Equal(2, requests.Count);
        var probe = (await _api.HistoryAsync(webhook)).Single(delivery => delivery["test"]!.GetValue<bool>());
        Assert.Equal("probe", Text((await _api.DeliveryAsync(webhook, probe))["attempts"]![0]!, "trigger"));
    }

    [Fact]
    public async Task A_410_to_a_test_disables_too_and_changes_nothing_of_a_webhook_that_somebody_deactivated()
    {
        await using var receiver = await Receiver.StartAsync(_ => 410);
        var active = await RegisterAsync(receiver);
        var inactive = await RegisterAsync(receiver);
        await _api.ChangeAsync(inactive, new { active = false });

        await _api.TestAsync(active);
        await _api.TestAsync(inactive);

        Assert.Equal("gone", Text(await _api.WebhookAsync(active), "disabled_reason"));
        Assert.Equal("manual", Text(await _api.WebhookAsync(inactive), "disabled_reason"));
    }

    [Fact]
    public async Task A_webhook_that_fails_for_longer_than_the_setting_allows_is_disabled_and_what_waits_is_canceled()
    {
        await using var receiver = await Receiver.StartAsync(_ => 404);
        var webhook = await RegisterAsync(receiver, retryDelays: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
        await _api.PublishAsync(1, Cancel);

        var disabled = await WaitAsync(webhook, shown => !shown["active"]!.GetValue<bool>());

        Assert.Equal("failing", Text(disabled, "disabled_reason"));
        Assert.Equal("failing", Text(disabled["health"]!, "state"));
        await _api.WaitForHistoryAsync(webhook, deliveries => Text(deliveries[0], "status") == "canceled", Cancel);
    }

    private async Task<Guid> RegisterAsync(Receiver receiver, int[]? retryDelays = null) =>
        (await _api.RegisterAsync(new { url = receiver.Url, events = new[] { "*" }, retry_delays = retryDelays })).Id;

    private async Task<JsonNode> WaitAsync(Guid webhook, Func<JsonNode, bool> condition)
    {
        var shown = await _api.WebhookAsync(webhook);
        await Eventually.HoldsAsync(
            async () => condition(shown = await _api.WebhookAsync(webhook)), () => shown.ToJsonString(), Cancel);
        return shown;
    }

    private static string? Text(JsonNode node, string name) => node[name]?.GetValue<string>();
}
