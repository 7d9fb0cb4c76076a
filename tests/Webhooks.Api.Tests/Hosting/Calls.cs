using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Webhooks.Api.Tests.Hosting;

/// <summary>Calls to the API, with bodies as text.</summary>
public static class Calls
{
    public const string Webhooks = "/api/v1/webhooks";

    public static Task<Answer> Get(this HttpClient client, string path) => client.CallAsync(HttpMethod.Get, path);

    public static Task<Answer> Post(this HttpClient client, string path, string? json = null) =>
        client.CallAsync(HttpMethod.Post, path, json);

    public static Task<Answer> Patch(this HttpClient client, string path, string json) => client.CallAsync(HttpMethod.Patch, path, json);

    public static Task<Answer> Delete(this HttpClient client, string path) => client.CallAsync(HttpMethod.Delete, path);

    public static Task<Answer> CallAsync(this HttpClient client, HttpMethod method, string path, string? json = null) =>
        client.CallAsync(method, path, json is null ? null : new StringContent(json, Encoding.UTF8, "application/json"));

    public static async Task<Answer> CallAsync(this HttpClient client, HttpMethod method, string path, HttpContent? content)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        return await client.CallAsync(request);
    }

    public static async Task<Answer> CallAsync(this HttpClient client, HttpRequestMessage request)
    {
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return new Answer(response.StatusCode, text, response.Headers, response.Content.Headers.ContentType?.MediaType);
    }

    /// <summary>Content whose Content-Type is this; null for none at all.</summary>
    public static HttpContent Content(byte[] bytes, string? contentType)
    {
        var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = contentType is null ? null : MediaTypeHeaderValue.Parse(contentType);
        return content;
    }

    /// <summary>Creates a webhook and gives its id.</summary>
    public static async Task<Guid> CreateWebhookAsync(
        this HttpClient client, string url = "http://127.0.0.1:9000/hook", string events = "user.created", bool active = true)
    {
        var json = JsonSerializer.Serialize(new { url, events = events.Split(','), active });
        var answer = await client.Post(Webhooks, json);
        answer.MustBe(HttpStatusCode.Created);
        return answer["id"].GetGuid();
    }

    /// <summary>Publishes an event and gives its id.</summary>
    public static async Task<Guid> PublishAsync(
        this HttpClient client, string eventType = "user.created", string data = """{"id":"usr_1"}""")
    {
        var answer = await client.Post("/api/v1/events", $$"""{"event":"{{eventType}}","data":{{data}}}""");
        answer.MustBe(HttpStatusCode.Accepted);
        return answer["id"].GetGuid();
    }
}
