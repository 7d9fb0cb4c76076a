using System.Text.Json.Nodes;
using Webhooks.Testing;

namespace Webhooks.EndToEnd.Tests;

/// <summary>An organization is told when its attempts fail.</summary>
[Trait("Host", "both")]
public sealed class AlertTests : IAsyncLifetime
{
    private static readonly Dictionary<string, string> _settings = new() { ["Webhooks__Alerts__LeastAttempts"] = "3" };

    private Installation _installation = null!;
    private WebhooksApi _api = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _installation = await Installation.CreateAsync(_settings);
        _api = _installation.Api(await _installation.StartServerAsync());
    }

    public async ValueTask DisposeAsync()
    {
        _api.Dispose();
        await _installation.DisposeAsync();
    }

    [Fact]
    public async Task Failing_attempts_trigger_one_alert_and_its_own_failures_no_other()
    {
        await using var receiver = await Receiver.StartAsync(_ => 500);
        var fails = await _api.RegisterAsync($"{receiver.Url}/fails", "user.created");
        var told = await _api.RegisterAsync(
            new { url = $"{receiver.Url}/told", events = new[] { "alert.triggered", "alert.resolved" }, retry_delays = new[] { 1, 1 } });
        for (var number = 0; number < 3; number++)
        {
            await _api.PublishAsync(number, Cancel);
        }

        var history = await _api.WaitForHistoryAsync(
            told.Id, deliveries => deliveries.Count > 0 && deliveries.All(delivery => Text(delivery, "status") == "failed"), Cancel);

        var alert = Assert.Single(history);
        Assert.Equal("alert.triggered", Text(alert, "event"));
        var data = (await _api.DeliveryAsync(told.Id, alert))["payload"]!["data"]!;
        Assert.Equal(100, data["measured"]!["value"]!.GetValue<double>());
        Assert.Equal(3, data["measured"]!["attempts"]!.GetValue<int>());
        Assert.Equal(3, (await _api.HistoryAsync(fails.Id)).Count);
    }

    private static string Text(JsonNode delivery, string field) => delivery[field]!.GetValue<string>();
}
