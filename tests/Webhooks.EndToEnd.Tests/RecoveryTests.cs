using System.Text.Json.Nodes;
using Npgsql;
using Webhooks.Testing;

namespace Webhooks.EndToEnd.Tests;

/// <summary>What a webhook did not get is made good, each once, whatever happens to the host meanwhile.</summary>
[Trait("Host", "both")]
public sealed class RecoveryTests : IAsyncLifetime
{
    private Installation _installation = null!;
    private ServerProcess _server = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _installation = await Installation.CreateAsync(new Dictionary<string, string> { ["Webhooks__AttemptTimeout"] = "00:00:02" });
        _server = await _installation.StartServerAsync();
    }

    public ValueTask DisposeAsync() => _installation.DisposeAsync();

    [Fact]
    public async Task Killed_again_and_again_during_a_recovery_the_host_redelivers_each_delivery_exactly_once()
    {
        const int Failed = 1500;
        await using var receiver = await Receiver.StartAsync();
        RegisteredWebhook webhook;
        JsonNode recovery;
        using (var api = _installation.Api(_server))
        {
            webhook = await api.RegisterAsync(receiver.Url, "*");
            await FailAsync(webhook, Failed);
            recovery = await api.RecoverAsync(webhook.Id, rate: 150);
        }

        var random = new Random();
        for (var kills = 0; kills < 4; kills++)
        {
            var seen = await CountAsync("redelivery_of IS NOT NULL");
            await Eventually.HoldsAsync(
                async () => await CountAsync("redelivery_of IS NOT NULL") is var made && (made > seen || made == Failed),
                () => $"No page followed the first {seen}.",
                Cancel);
            await Task.Delay(random.Next(200), Cancel);
            await _server.KillAsync();
            _server = await _installation.StartServerAsync();
        }

        using var last = _installation.Api(_server);
        var finished = await FinishedAsync(last, webhook, recovery);
        Assert.Equal(
            (Failed, Failed, Failed, 0),
            (Number(finished, "total"), Number(finished, "redelivered"), Number(finished, "done"), Number(finished, "failed")));
        Assert.Equal(Failed, await CountAsync("redelivery_of IS NOT NULL"));
        Assert.Equal(Failed, await QueryAsync("SELECT count(DISTINCT redelivery_of)::int FROM webhook_deliveries"));
        Assert.Equal(Failed, receiver.Requests.Select(request => request.Header("webhook-id")).Distinct().Count());
    }

    [Fact]
    public async Task A_recovery_says_what_it_would_do_does_it_and_shows_what_came_of_it()
    {
        await using var receiver = await Receiver.StartAsync(
            request => request.Text.Contains("\"number\": 3", StringComparison.Ordinal) ? 500 : 200);
        using var api = _installation.Api(_server);
        var webhook = await api.RegisterAsync(new { url = receiver.Url, events = new[] { "*" }, retry_delays = Array.Empty<int>() });
        await FailAsync(webhook, 9);

        var preview = await api.RecoverAsync(webhook.Id, dryRun: true);
        var begun = await api.RecoverAsync(webhook.Id);
        var finished = await FinishedAsync(api, webhook, begun);

        Assert.Equal(9, Number(preview, "count"));
        Assert.Equal((9, 9, 8, 1), (
            Number(begun, "total"), Number(finished, "redelivered"), Number(finished, "done"), Number(finished, "failed")));
        var again = (await api.HistoryAsync(webhook.Id)).First(delivery => delivery["redelivery_of"] is not null);
        Assert.Equal(
            "recovery", (await api.DeliveryAsync(webhook.Id, again))["attempts"]![0]!["trigger"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_paused_recovery_stands_still_and_a_resumed_one_ends_and_live_events_arrive_meanwhile()
    {
        await using var receiver = await Receiver.StartAsync();
        using var api = _installation.Api(_server);
        var webhook = await api.RegisterAsync(receiver.Url, "*");
        await FailAsync(webhook, 60);
        var recovery = await api.RecoverAsync(webhook.Id, rate: 10);
        await Eventually.HoldsAsync(
            async () => await CountAsync("redelivery_of IS NOT NULL") > 0, () => "The recovery made nothing.", Cancel);

        await api.ChangeRecoveryAsync(webhook.Id, recovery, "pause");
        var paused = await CountAsync("redelivery_of IS NOT NULL");
        var live = await api.PublishAsync(1000, Cancel);
        await Eventually.HoldsAsync(
            () => receiver.Requests.Any(request => request.Header("webhook-id") == live.ToString()), () => "No live event came.", Cancel);
        var later = await CountAsync("redelivery_of IS NOT NULL");
        await api.ChangeRecoveryAsync(webhook.Id, recovery, "resume");
        var finished = await FinishedAsync(api, webhook, recovery);

        Assert.InRange(paused, 1, 59);

        // A page that had begun when it was paused may have been made after it.
        Assert.InRange(later - paused, 0, 5);
        Assert.Equal((60, 60), (Number(finished, "redelivered"), Number(finished, "done")));
    }

    [Fact]
    public async Task A_recovery_whose_webhook_is_deleted_ends()
    {
        await using var receiver = await Receiver.StartAsync();
        using var api = _installation.Api(_server);
        var webhook = await api.RegisterAsync(receiver.Url, "*");
        await FailAsync(webhook, 200);
        await api.RecoverAsync(webhook.Id, rate: 5);

        await api.DeleteAsync(webhook.Id);

        await Eventually.HoldsAsync(
            async () => await QueryAsync(
                "SELECT count(*)::int FROM webhook_recoveries WHERE state = 'canceled' AND reason = 'webhook_deleted'") == 1,
            () => _server.Log,
            Cancel);
        Assert.InRange(await CountAsync("redelivery_of IS NOT NULL"), 0, 199);
    }

    /// <summary>Stores deliveries of a webhook as failed ones.</summary>
    private async Task FailAsync(RegisteredWebhook webhook, int count)
    {
        await using var database = NpgsqlDataSource.Create(_installation.ConnectionString);
        await using var command = database.CreateCommand("""
            INSERT INTO webhook_deliveries (id, webhook_id, org_id, event, event_id, payload, status)
            SELECT webhook_delivery_id(event_id, webhooks.id), webhooks.id, org_id, 'user.created', event_id,
                   webhook_payload('user.created', '2026-01-31T18:30:00.000Z', jsonb_build_object('number', number), webhooks.id), 'failed'
            FROM webhooks, (
                SELECT number,
                       overlay(gen_random_uuid()::text PLACING left(webhook_least_id(now())::text, 13) FROM 1 FOR 13)::uuid AS event_id
                FROM generate_series(1, $2) AS number
            ) AS event
            WHERE webhooks.id = $1
            """);
        command.Parameters.Add(new() { Value = webhook.Id });
        command.Parameters.Add(new() { Value = count });
        Assert.Equal(count, await command.ExecuteNonQueryAsync(Cancel));
    }

    private static async Task<JsonNode> FinishedAsync(WebhooksApi api, RegisteredWebhook webhook, JsonNode recovery)
    {
        JsonNode? current = null;
        await Eventually.HoldsAsync(
            async () => (current = await api.RecoveryAsync(webhook.Id, recovery))["state"]!.GetValue<string>() == "finished",
            () => $"The recovery is {current}.",
            Cancel);
        return current!;
    }

    private Task<int> CountAsync(string condition) => QueryAsync($"SELECT count(*)::int FROM webhook_deliveries WHERE {condition}");

    private async Task<int> QueryAsync(string sql)
    {
        await using var database = NpgsqlDataSource.Create(_installation.ConnectionString);
        await using var command = database.CreateCommand(sql);
        return (int)(await command.ExecuteScalarAsync(Cancel))!;
    }

    private static int Number(JsonNode node, string name) => node[name]!.GetValue<int>();
}
