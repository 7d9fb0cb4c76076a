using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Npgsql;
using Webhooks.Testing;

namespace Webhooks.EndToEnd.Tests;

/// <summary>A webhook's own waits between attempts, and its own time for each; what others have stays theirs.</summary>
public sealed class ScheduleTests : IAsyncLifetime
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
    [Trait("Host", "both")]
    public async Task A_webhook_with_two_waits_is_tried_three_times_one_without_waits_once_and_the_others_as_ever()
    {
        await using var receiver = await Receiver.StartAsync(_ => 503);
        var thrice = await _api.RegisterAsync(
            new { url = $"{receiver.Url}/thrice", events = new[] { "*" }, retry_delays = new[] { 1, 1 } });
        var once = await _api.RegisterAsync(
            new { url = $"{receiver.Url}/once", events = new[] { "*" }, retry_delays = Array.Empty<int>() });
        var usual = await _api.RegisterAsync($"{receiver.Url}/usual", "*");

        await _api.PublishAsync(1, Cancel);

        var thriceTried = await EndAsync(thrice);
        Assert.Equal("failed", thriceTried["status"]!.GetValue<string>());
        var starts = Attempts(thriceTried).Select(attempt => attempt["started_at"]!.GetValue<DateTimeOffset>()).ToArray();
        Assert.Equal(3, starts.Length);
        Assert.All(starts.Zip(starts.Skip(1)), pair => Assert.True(pair.Second - pair.First >= TimeSpan.FromSeconds(1)));
        var onceTried = await EndAsync(once);
        Assert.Equal("failed", onceTried["status"]!.GetValue<string>());
        Assert.Single(Attempts(onceTried));
        var waiting = await AttemptedAsync(usual, 1);
        Assert.Equal("pending", waiting["status"]!.GetValue<string>());
        var wait = waiting["next_attempt_at"]!.GetValue<DateTimeOffset>() - waiting["created_at"]!.GetValue<DateTimeOffset>();
        Assert.InRange(wait, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(120));
        Assert.Equal(["/once", "/thrice", "/thrice", "/thrice", "/usual"], receiver.Requests.Select(request => request.Path).Order());
    }

    [Fact]
    [Trait("Host", "both")]
    public async Task A_receiver_that_hangs_is_timeout_after_its_webhooks_own_time_and_a_slow_one_has_the_systems()
    {
        await using var receiver = await Receiver.StartAsync(async (request, context) =>
        {
            var patience = request.Path == "/slow" ? TimeSpan.FromSeconds(3) : Timeout.InfiniteTimeSpan;
            await Task.Delay(patience, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            context.Response.StatusCode = StatusCodes.Status200OK;
        });
        var hasty = await _api.RegisterAsync(
            new { url = $"{receiver.Url}/hangs", events = new[] { "*" }, retry_delays = Array.Empty<int>(), timeout_seconds = 1 });
        var patient = await _api.RegisterAsync($"{receiver.Url}/slow", "*");

        await _api.PublishAsync(1, Cancel);

        var failed = await EndAsync(hasty);
        Assert.Equal("failed", failed["status"]!.GetValue<string>());
        Assert.Equal("timeout", failed["error"]!.GetValue<string>());
        var attempt = Assert.Single(Attempts(failed));
        Assert.StartsWith("No answer came within 1 s.", attempt["message"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.InRange(attempt["duration_ms"]!.GetValue<int>(), 900, 20_000);
        var succeeded = await EndAsync(patient);
        Assert.Equal("succeeded", succeeded["status"]!.GetValue<string>());
        Assert.InRange(succeeded["duration_ms"]!.GetValue<int>(), 2900, 30_000);
    }

    [Fact]
    public async Task A_change_holds_from_the_next_attempt_of_what_is_pending_whichever_server_makes_it()
    {
        using var other = _installation.Api(await _installation.StartServerAsync());
        await using var receiver = await Receiver.StartAsync(_ => 500);
        var webhook = await _api.RegisterAsync(
            new { url = receiver.Url, events = new[] { "*" }, retry_delays = new[] { 604800, 604800 } });
        for (var number = 0; number < 4; number++)
        {
            await (number % 2 == 0 ? _api : other).PublishAsync(number, Cancel);
        }

        var before = await WaitForAttemptsAsync(webhook, deliveries: 4, attempts: 1);

        await other.ChangeAsync(webhook.Id, new { retry_delays = new[] { 1 } });

        Assert.Equal(NextTimes(before), NextTimes(await _api.HistoryAsync(webhook.Id)));
        await ComeAsync();
        var ended = await _api.WaitForHistoryAsync(
            webhook.Id, deliveries => deliveries.All(delivery => delivery["status"]!.GetValue<string>() == "failed"), Cancel);
        Assert.All(ended, delivery => Assert.Equal(2, delivery["attempt_number"]!.GetValue<int>()));
        Assert.Equal(8, receiver.Requests.Count);
    }

    /// <summary>Lets the time of all next attempts come.</summary>
    private async Task ComeAsync()
    {
        await using var database = NpgsqlDataSource.Create(_installation.ConnectionString);
        await using var command = database.CreateCommand("UPDATE webhook_deliveries SET next_attempt_at = now() WHERE status = 'pending'");
        Assert.Equal(4, await command.ExecuteNonQueryAsync(Cancel));
    }

    private static IReadOnlyList<JsonNode> Attempts(JsonNode delivery) =>
        [.. delivery["attempts"]!.AsArray().Select(attempt => attempt!)];

    private static IEnumerable<string> NextTimes(IEnumerable<JsonNode> deliveries) =>
        deliveries.Select(delivery => delivery["next_attempt_at"]!.GetValue<string>());

    /// <summary>The end of a webhook's only delivery, with its attempts.</summary>
    private async Task<JsonNode> EndAsync(RegisteredWebhook webhook)
    {
        var history = await _api.WaitForHistoryAsync(
            webhook.Id, deliveries => deliveries[0]["status"]!.GetValue<string>() != "pending", Cancel);
        return await _api.DeliveryAsync(webhook.Id, history[0]);
    }

    private async Task<JsonNode> AttemptedAsync(RegisteredWebhook webhook, int attempts) =>
        (await WaitForAttemptsAsync(webhook, deliveries: 1, attempts))[0];

    private Task<IReadOnlyList<JsonNode>> WaitForAttemptsAsync(RegisteredWebhook webhook, int deliveries, int attempts) =>
        _api.WaitForHistoryAsync(
            webhook.Id,
            history => history.Count == deliveries
                && history.All(delivery => delivery["attempt_number"]!.GetValue<int>() == attempts),
            Cancel);
}
