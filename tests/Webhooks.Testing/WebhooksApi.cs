using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Webhooks.Testing;

/// <summary>What the tests do over the API, as one organization.</summary>
public sealed class WebhooksApi(HttpClient http) : IDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(3);

    /// <summary>Registers a webhook.</summary>
    public Task<RegisteredWebhook> RegisterAsync(string url, params string[] events) => RegisterAsync(new { url, events });

    /// <summary>Registers a webhook with these fields.</summary>
    public async Task<RegisteredWebhook> RegisterAsync(object webhook)
    {
        var created = await PostAsync("/api/v1/webhooks", webhook);
        return new RegisteredWebhook(created["id"]!.GetValue<Guid>(), created["secret"]!.GetValue<string>());
    }

    /// <summary>A webhook as it is now.</summary>
    public Task<JsonNode> WebhookAsync(Guid webhook) => GetAsync($"/api/v1/webhooks/{webhook}");

    /// <summary>Sends a test delivery.</summary>
    /// <returns>The delivery with its attempt.</returns>
    public Task<JsonNode> TestAsync(Guid webhook) => PostAsync($"/api/v1/webhooks/{webhook}/test", new { });

    /// <summary>Changes these fields of a webhook.</summary>
    /// <exception cref="HttpRequestException">The server did not answer with success.</exception>
    public async Task ChangeAsync(Guid webhook, object changes)
    {
        using var answer = await http.PatchAsJsonAsync($"/api/v1/webhooks/{webhook}", changes);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Gives a webhook a new secret, for a day beside the old one.</summary>
    /// <returns>The new secret.</returns>
    public async Task<string> RotateSecretAsync(Guid webhook) =>
        (await PostAsync($"/api/v1/webhooks/{webhook}/secret/rotate", new { }))["secret"]!.GetValue<string>();

    /// <summary>Makes the new secret that of the header which has one signature.</summary>
    public Task PromoteSecretAsync(Guid webhook) => PostAsync($"/api/v1/webhooks/{webhook}/secret/promote", new { });

    /// <summary>Erases a webhook's old secret.</summary>
    public async Task EndSecretOverlapAsync(Guid webhook)
    {
        using var answer = await http.DeleteAsync($"/api/v1/webhooks/{webhook}/secret/previous");
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Redelivers a delivery.</summary>
    /// <returns>The new delivery, or the same when it is pending.</returns>
    public Task<JsonNode> RedeliverAsync(Guid webhook, JsonNode delivery) =>
        PostAsync($"/api/v1/webhooks/{webhook}/deliveries/{delivery["id"]}/redeliver", new { });

    /// <summary>Erases what a delivery sent and was answered.</summary>
    public Task<JsonNode> RedactAsync(Guid webhook, JsonNode delivery) =>
        PostAsync($"/api/v1/webhooks/{webhook}/deliveries/{delivery["id"]}/redact", new { });

    /// <summary>Cancels a delivery.</summary>
    public Task<JsonNode> CancelAsync(Guid webhook, JsonNode delivery) =>
        PostAsync($"/api/v1/webhooks/{webhook}/deliveries/{delivery["id"]}/cancel", new { });

    /// <summary>Cancels all that a webhook has pending now.</summary>
    /// <returns>The counts.</returns>
    public Task<JsonNode> CancelBacklogAsync(Guid webhook) =>
        PostAsync($"/api/v1/webhooks/{webhook}/deliveries/cancel", new { created_before = DateTimeOffset.UtcNow.AddMinutes(1) });

    /// <summary>Recovers what failed within the last day.</summary>
    /// <param name="rate">Redeliveries a second.</param>
    /// <param name="dryRun">Whether only to count.</param>
    /// <returns>The recovery, or the counts.</returns>
    public Task<JsonNode> RecoverAsync(Guid webhook, int? rate = null, bool dryRun = false)
    {
        var (from, to) = (DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddSeconds(30));
        string[] statuses = ["failed"];
        return PostAsync(
            $"/api/v1/webhooks/{webhook}/recoveries",
            rate is { } wanted
                ? new { from, to, statuses, rate = wanted, dry_run = dryRun }
                : new { from, to, statuses, dry_run = dryRun });
    }

    /// <summary>A recovery as it stands.</summary>
    public Task<JsonNode> RecoveryAsync(Guid webhook, JsonNode recovery) =>
        GetAsync($"/api/v1/webhooks/{webhook}/recoveries/{recovery["id"]}");

    /// <summary>Pauses, resumes or cancels a recovery.</summary>
    public Task<JsonNode> ChangeRecoveryAsync(Guid webhook, JsonNode recovery, string change) =>
        PostAsync($"/api/v1/webhooks/{webhook}/recoveries/{recovery["id"]}/{change}", new { });

    /// <summary>Deletes a webhook.</summary>
    public async Task DeleteAsync(Guid webhook)
    {
        using var answer = await http.DeleteAsync($"/api/v1/webhooks/{webhook}");
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Publishes <c>user.created</c>; when it returns, the event was accepted.</summary>
    /// <returns>The event's id.</returns>
    /// <exception cref="HttpRequestException">The server did not answer with success.</exception>
    public async Task<Guid> PublishAsync(int number, CancellationToken cancellationToken = default)
    {
        using var answer = await http.PostAsJsonAsync(
            "/api/v1/events", new { @event = "user.created", data = new { number } }, cancellationToken);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonNode>(cancellationToken))!["id"]!.GetValue<Guid>();
    }

    /// <summary>Publishes an event with an id of the caller's own, and so also again; when it returns, the event was accepted.</summary>
    /// <param name="id">A UUIDv7 of about now.</param>
    /// <exception cref="HttpRequestException">The server did not answer with success, or not at all.</exception>
    public async Task PublishAsync(Guid id, string type, object data, CancellationToken cancellationToken)
    {
        using var answer = await http.PostAsJsonAsync("/api/v1/events", new { id, @event = type, data }, cancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>The first page of a webhook's deliveries, newest first.</summary>
    public async Task<IReadOnlyList<JsonNode>> HistoryAsync(Guid webhook, string query = "limit=100") =>
        await ListAsync($"/api/v1/webhooks/{webhook}/deliveries?{query}");

    /// <summary>The first page of the deliveries to all webhooks, newest first.</summary>
    public async Task<IReadOnlyList<JsonNode>> AllDeliveriesAsync() => await ListAsync("/api/v1/deliveries?limit=100");

    /// <summary>The first page of the events, newest first.</summary>
    public async Task<IReadOnlyList<JsonNode>> EventsAsync() => await ListAsync("/api/v1/events?limit=100");

    /// <summary>An event with its deliveries.</summary>
    public Task<JsonNode> EventAsync(Guid id) => GetAsync($"/api/v1/events/{id}");

    /// <summary>Why an event did or did not reach a webhook.</summary>
    public Task<JsonNode> ExplainAsync(Guid webhook, Guid eventId) =>
        GetAsync($"/api/v1/webhooks/{webhook}/explain?event_id={eventId}");

    /// <summary>The counts of a webhook, or of all.</summary>
    public Task<JsonNode> StatisticsAsync(string query, Guid? webhook = null) =>
        GetAsync($"/api/v1/{(webhook is { } id ? $"webhooks/{id}/" : "")}stats?{query}");

    /// <summary>A delivery with its attempts.</summary>
    public Task<JsonNode> DeliveryAsync(Guid webhook, JsonNode delivery) =>
        GetAsync($"/api/v1/webhooks/{webhook}/deliveries/{delivery["id"]}");

    /// <summary>The request of a delivery's last attempt.</summary>
    public Task<JsonNode> SentRequestAsync(Guid webhook, JsonNode delivery) =>
        GetAsync($"/api/v1/webhooks/{webhook}/deliveries/{delivery["id"]}/request");

    /// <summary>What pending deliveries wait for.</summary>
    public Task<JsonNode> BacklogAsync() => GetAsync("/api/v1/backlog");

    /// <summary>Waits until a webhook's history is as a test wants it.</summary>
    /// <exception cref="TimeoutException">It was not in time; the message shows it.</exception>
    public async Task<IReadOnlyList<JsonNode>> WaitForHistoryAsync(
        Guid webhook, Func<IReadOnlyList<JsonNode>, bool> condition, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_patience);
        while (true)
        {
            var history = await HistoryAsync(webhook);
            if (condition(history))
            {
                return history;
            }

            if (limit.IsCancellationRequested)
            {
                throw new TimeoutException($"After {_patience}, the history is: {JsonSerializer.Serialize(history)}");
            }

            await Task.Delay(50, cancellationToken);
        }
    }

    public void Dispose() => http.Dispose();

    private async Task<IReadOnlyList<JsonNode>> ListAsync(string path) =>
        [.. (await GetAsync(path))["data"]!.AsArray().Select(item => item!)];

    private async Task<JsonNode> GetAsync(string path) => (await http.GetFromJsonAsync<JsonNode>(path))!;

    private async Task<JsonNode> PostAsync(string path, object body)
    {
        using var answer = await http.PostAsJsonAsync(path, body);
        if (!answer.IsSuccessStatusCode)
        {
            throw new HttpRequestException(
                $"{path}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}", inner: null, answer.StatusCode);
        }

        return (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
    }
}
