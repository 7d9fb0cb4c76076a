using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Npgsql;
using Webhooks.Client.Receiving;
using Webhooks.Testing;

namespace Webhooks.EndToEnd.Tests;

/// <summary>A receiver that pulls, with an API key that allows nothing else.</summary>
[Trait("Host", "both")]
public sealed class PullTests : IAsyncLifetime
{
    private Installation _installation = null!;
    private ServerProcess _server = null!;
    private WebhooksApi _api = null!;
    private HttpClient _receiver = null!;
    private RegisteredWebhook _webhook = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _installation = await Installation.CreateAsync(new Dictionary<string, string>());
        _server = await _installation.StartServerAsync();
        _api = _installation.Api(_server);
        _webhook = await _api.RegisterAsync(new { mode = "pull", events = new[] { "*" }, retry_delays = new[] { 1 } });
        using var owner = _server.CreateClient(_installation.Organization);
        using var made = await owner.PostAsJsonAsync(
            "/api/v1/api-keys", new { name = "Receiver", scopes = new[] { "deliveries:pull" } }, Cancel);
        var key = (await made.Content.ReadFromJsonAsync<JsonNode>(Cancel))!["key"]!.GetValue<string>();
        _receiver = Receiver(_server, key);
    }

    public ValueTask DisposeAsync()
    {
        _receiver.Dispose();
        _api.Dispose();
        return _installation.DisposeAsync();
    }

    [Fact]
    public async Task A_waiting_pull_gets_what_is_published_as_it_would_be_posted_and_its_retry_after_a_failure()
    {
        var waiting = PullAsync();
        await _api.PublishAsync(1, Cancel);
        var first = Assert.Single(await waiting);

        Assert.Equal(WebhookVerification.Valid, Verify(first));
        Assert.True(await ReportAsync(first, 500));
        var again = Assert.Single(await PullUntilAsync(pulled => pulled.Count > 0));
        Assert.Equal(first["id"]!.ToString(), again["id"]!.ToString());
        Assert.True(await ReportAsync(again, 204));
        Assert.False(await ReportAsync(again, 204));

        var delivery = await _api.DeliveryAsync(_webhook.Id, again);
        Assert.Equal("succeeded", delivery["status"]!.GetValue<string>());
        Assert.Equal([500, 204], delivery["attempts"]!.AsArray().Select(attempt => attempt!["response_status"]!.GetValue<int>()));
    }

    [Fact]
    public async Task What_a_receiver_does_not_report_is_an_attempt_that_was_not_answered_and_comes_again()
    {
        await _api.PublishAsync(1, Cancel);
        var first = Assert.Single(await PullAsync());

        await EndLeasesAsync();

        await _api.WaitForHistoryAsync(_webhook.Id, history => history[0]["error"]?.GetValue<string>() == "timeout", Cancel);
        Assert.False(await ReportAsync(first, 200));
        Assert.Equal(2, Assert.Single(await PullUntilAsync(pulled => pulled.Count > 0))["attempt"]!.GetValue<int>());
    }

    [Fact]
    public async Task A_redelivery_and_what_waited_when_the_mode_changed_go_the_way_of_the_mode()
    {
        await using var posted = await Testing.Receiver.StartAsync();
        await _api.PublishAsync(1, Cancel);
        var first = Assert.Single(await PullAsync());
        await ReportAsync(first, 200);
        await _api.RedeliverAsync(_webhook.Id, first);
        Assert.NotEqual(first["id"]!.ToString(), Assert.Single(await PullAsync())["id"]!.ToString());
        await _api.PublishAsync(2, Cancel);

        await _api.ChangeAsync(_webhook.Id, new { mode = "push", url = posted.Url });

        Assert.Contains("\"number\": 2", Assert.Single(await posted.WaitForAsync(1)).Text, StringComparison.Ordinal);
        await _api.ChangeAsync(_webhook.Id, new { mode = "pull" });
        await _api.PublishAsync(3, Cancel);
        Assert.Contains("\"number\": 3", Assert.Single(await PullAsync())["body"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_killed_between_pull_and_report_loses_nothing_and_a_report_counts_once()
    {
        await _api.PublishAsync(1, Cancel);
        await _api.PublishAsync(2, Cancel);
        var pulled = await PullUntilAsync(deliveries => deliveries.Count == 2);
        await _server.KillAsync();
        var server = await _installation.StartServerAsync();
        using var receiver = Receiver(server, _receiver.DefaultRequestHeaders.Authorization!.Parameter!);
        using var api = _installation.Api(server);

        Assert.True(await ReportAsync(pulled[0], 200, receiver));
        Assert.False(await ReportAsync(pulled[0], 200, receiver));
        await EndLeasesAsync();

        await api.WaitForHistoryAsync(
            _webhook.Id, history => history.Count(delivery => delivery["error"]?.GetValue<string>() == "timeout") == 1, Cancel);
        Assert.Single((await api.DeliveryAsync(_webhook.Id, pulled[0]))["attempts"]!.AsArray());
        Assert.Single((await api.DeliveryAsync(_webhook.Id, pulled[1]))["attempts"]!.AsArray());
    }

    private static HttpClient Receiver(ServerProcess server, string key)
    {
        var client = new HttpClient { BaseAddress = new Uri(server.Url) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    private async Task<IReadOnlyList<JsonNode>> PullAsync()
    {
        using var answer = await _receiver.PostAsJsonAsync($"/api/v1/webhooks/{_webhook.Id}/pull", new { wait_seconds = 20 }, Cancel);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return [.. (await answer.Content.ReadFromJsonAsync<JsonNode>(Cancel))!["deliveries"]!.AsArray().Select(item => item!)];
    }

    /// <summary>Pulls until there is enough, all in all.</summary>
    private async Task<IReadOnlyList<JsonNode>> PullUntilAsync(Func<IReadOnlyList<JsonNode>, bool> isEnough)
    {
        var pulled = new List<JsonNode>();
        while (!isEnough(pulled))
        {
            pulled.AddRange(await PullAsync());
        }

        return pulled;
    }

    /// <returns>Whether it was recorded.</returns>
    private async Task<bool> ReportAsync(JsonNode pulled, int status, HttpClient? receiver = null)
    {
        var result = new { id = pulled["id"], lease_token = pulled["lease_token"], status };
        using var answer = await (receiver ?? _receiver).PostAsJsonAsync(
            $"/api/v1/webhooks/{_webhook.Id}/pull/results", new[] { result }, Cancel);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonNode>(Cancel))!["results"]![0]!["recorded"]!.GetValue<bool>();
    }

    private WebhookVerification Verify(JsonNode pulled) => new WebhookVerifier(_webhook.Secret).Verify(
        Encoding.UTF8.GetBytes(pulled["body"]!.GetValue<string>()),
        Header(pulled, "webhook-id"),
        Header(pulled, "webhook-timestamp"),
        Header(pulled, "webhook-signature"));

    private static string Header(JsonNode pulled, string name) => pulled["headers"]![name]!.GetValue<string>();

    /// <summary>As two minutes would.</summary>
    private async Task EndLeasesAsync()
    {
        await using var database = NpgsqlDataSource.Create(_installation.ConnectionString);
        await using var command = database.CreateCommand("UPDATE pull_leases SET lease_until = now()");
        await command.ExecuteNonQueryAsync(Cancel);
    }
}
