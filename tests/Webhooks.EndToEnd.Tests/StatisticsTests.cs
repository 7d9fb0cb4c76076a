using System.Text.Json.Nodes;
using Npgsql;
using Webhooks.Testing;

namespace Webhooks.EndToEnd.Tests;

/// <summary>Counts of deliveries.</summary>
[Trait("Host", "both")]
public sealed class StatisticsTests : IAsyncLifetime
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
    public async Task Deliveries_are_counted_by_webhook_event_and_error_at_once_and_still_when_they_have_been_added_up()
    {
        await using var receiver = await Receiver.StartAsync(request => request.Path == "/fails" ? 503 : 200);
        var works = await _api.RegisterAsync($"{receiver.Url}/works", "*");
        var fails = await _api.RegisterAsync(
            new { url = $"{receiver.Url}/fails", events = new[] { "*" }, retry_delays = Array.Empty<int>() });
        await _api.RegisterAsync(new { url = $"{receiver.Url}/pauses", events = new[] { "*" }, active = false });
        await _api.PublishAsync(1, Cancel);
        await _api.PublishAsync(2, Cancel);
        await WaitAsync(works, "succeeded");
        var failed = await WaitAsync(fails, "failed");
        await _api.RedeliverAsync(fails.Id, failed[0]);
        await _api.WaitForHistoryAsync(
            fails.Id, history => history.Count == 3 && history.All(delivery => Status(delivery) == "failed"), Cancel);

        await CheckAsync();
        await using var database = NpgsqlDataSource.Create(_installation.ConnectionString);
        await Eventually.HoldsAsync(IsAddedUpAsync, () => "There are changes that nobody has added up.", Cancel);
        await CheckAsync();
        Assert.Empty(await StatisticsRecount.DifferencesAsync(database, Cancel));

        async Task CheckAsync()
        {
            var all = await _api.StatisticsAsync("group_by=error");
            Assert.Equal("7 2 3 2 5 3", Counts(all["totals"]!));
            Assert.Equal(["", "503"], all["groups"]!.AsArray().Select(group => group!["key"]?.GetValue<string>() ?? ""));
            Assert.Equal("3 0 3 0 3 3", Counts(all["groups"]![1]!));
            var own = await _api.StatisticsAsync("group_by=event&interval=day", fails.Id);
            Assert.Equal("3 0 3 0 3 3", Counts(own["totals"]!));
            Assert.Equal("3 0 3 0 3 3", Counts(Assert.Single(own["groups"]!.AsArray())!));
            Assert.Equal(0, own["totals"]!["success_rate"]!.GetValue<double>());
            Assert.NotNull((await _api.StatisticsAsync("interval=minute", works.Id))["totals"]!["duration_ms"]!["p99"]);
        }

        async Task<bool> IsAddedUpAsync()
        {
            await using var command = database.CreateCommand("SELECT NOT EXISTS (SELECT FROM webhook_statistics_changes)");
            return await command.ExecuteScalarAsync(Cancel) is true;
        }
    }

    private static string Counts(JsonNode counts) => string.Join(
        ' ', new[] { "deliveries", "succeeded", "failed", "skipped", "attempts", "failed_attempts" }.Select(name => counts[name]));

    private static string Status(JsonNode delivery) => delivery["status"]!.GetValue<string>();

    private Task<IReadOnlyList<JsonNode>> WaitAsync(RegisteredWebhook webhook, string status) => _api.WaitForHistoryAsync(
        webhook.Id, history => history.Count == 2 && history.All(delivery => Status(delivery) == status), Cancel);
}
