using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Webhooks.Client.Publishing;

/// <summary>A publisher of events that sends them to the platform's HTTP API.</summary>
/// <remarks>
/// <code>
/// var publisher = new HttpPublisher(httpClient, cancellationToken => tokens.GetAsync(cancellationToken));
/// var published = await publisher.PublishAsync(orgId, "user.created", new { UserId = user.Id, user.Email });
/// </code>
/// When a call returns, the deliveries are stored. A request that fails for a passing reason (no connection, no answer in time, 408, 429,
/// 5xx) is sent up to four times; that makes no second event, because every event has an id.
/// </remarks>
/// <param name="http">Has the API's address as <see cref="HttpClient.BaseAddress"/>, as in <c>https://webhooks.example.com/</c>.
/// Its timeout holds for each request.</param>
/// <param name="token">Gives a bearer token that may publish events; asked before every request.</param>
/// <param name="clock">Measures the waits between requests; null for the system's.</param>
public sealed class HttpPublisher(HttpClient http, Func<CancellationToken, ValueTask<string>> token, TimeProvider? clock = null)
{
    private const string Path = "api/v1/events";

    private static readonly JsonSerializerOptions _answer = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private readonly TransientRetry _retry = new(clock ?? TimeProvider.System);

    /// <summary>The options that the data of events is serialized with; by default, property names are in snake_case.</summary>
    public JsonSerializerOptions DataOptions { get; init; } = EventJson.DataOptions;

    /// <summary>Publishes an event.</summary>
    /// <param name="orgId">The organization whose webhooks get it.</param>
    /// <param name="type">The event type, as in <c>user.created</c>.</param>
    /// <param name="data">What happened; it must serialize to a JSON object.</param>
    /// <exception cref="WebhookApiException">The API refused it.</exception>
    /// <exception cref="HttpRequestException">The API could not be reached.</exception>
    public Task<PublishedEvent> PublishAsync(Guid orgId, string type, object data, CancellationToken cancellationToken = default) =>
        PublishAsync(new WebhookEvent(orgId, type, data), cancellationToken);

    /// <summary>Publishes an event. It is safe to publish the same one again.</summary>
    /// <exception cref="WebhookApiException">The API refused it.</exception>
    /// <exception cref="HttpRequestException">The API could not be reached.</exception>
    public Task<PublishedEvent> PublishAsync(WebhookEvent webhookEvent, CancellationToken cancellationToken = default) =>
        PostAsync<PublishedEvent>(EventJson.Write(webhookEvent, DataOptions), cancellationToken);

    /// <summary>Publishes many events, all or none. It is safe to publish the same ones again.</summary>
    /// <returns>One for each event, in order.</returns>
    /// <exception cref="WebhookApiException">
    /// The API refused them; its fields begin with the place of the event at fault, as in <c>[3].data</c>.
    /// </exception>
    /// <exception cref="HttpRequestException">The API could not be reached.</exception>
    public async Task<IReadOnlyList<PublishedEvent>> PublishAsync(
        IReadOnlyCollection<WebhookEvent> events, CancellationToken cancellationToken = default) =>
        events.Count == 0 ? [] : (await PostAsync<PublishedEvents>(EventJson.Write(events, DataOptions), cancellationToken)).Data;

    private async Task<T> PostAsync<T>(ReadOnlyMemory<byte> json, CancellationToken cancellationToken)
    {
        using var response = await _retry.RunAsync(cancel => SendAsync(json, cancel), cancellationToken);
        return response.IsSuccessStatusCode
            ? (await response.Content.ReadFromJsonAsync<T>(_answer, cancellationToken))!
            : throw await RefusalAsync(response, cancellationToken);
    }

    private async Task<HttpResponseMessage> SendAsync(ReadOnlyMemory<byte> json, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Path)
        {
            Content = new ReadOnlyMemoryContent(json) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await token(cancellationToken));
        return await http.SendAsync(request, cancellationToken);
    }

    private static async Task<WebhookApiException> RefusalAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var problem = await ReadProblemAsync(response, cancellationToken);
        var status = $"The webhooks API answered {(int)response.StatusCode} {response.ReasonPhrase}.";
        var fields = (problem.Errors ?? []).Select(field => $"{field.Key}: {string.Join(' ', field.Value)}");
        var message = string.Join(' ', [status, problem.Detail ?? problem.Title ?? "", .. fields]).TrimEnd();
        return new WebhookApiException(response.StatusCode, message, problem.Errors ?? []);
    }

    /// <summary>
    /// The problem document (RFC 9457), or an empty one: whatever stands between here and the API can answer in its own way.
    /// </summary>
    private static async Task<Problem> ReadProblemAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            return response.Content.Headers.ContentType?.MediaType == "application/problem+json"
                ? await response.Content.ReadFromJsonAsync<Problem>(_answer, cancellationToken) ?? Problem.None
                : Problem.None;
        }
        catch (JsonException)
        {
            return Problem.None;
        }
    }

    private sealed record PublishedEvents(IReadOnlyList<PublishedEvent> Data);

    private sealed record Problem(string? Title, string? Detail, Dictionary<string, string[]>? Errors)
    {
        public static Problem None { get; } = new(null, null, null);
    }
}
