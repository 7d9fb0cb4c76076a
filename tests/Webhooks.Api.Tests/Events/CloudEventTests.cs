using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Webhooks.Api.Tests.Hosting;

namespace Webhooks.Api.Tests.Events;

/// <summary>CloudEvents 1.0 over HTTP, by its protocol binding.</summary>
public sealed class CloudEventTests(SharedApi api) : IAsyncLifetime
{
    private const string Path = "/api/v1/events";
    private const string Event = """{"specversion":"1.0","id":"1","source":"/users","type":"user.created","data":{"n":1}}""";

    private readonly HttpClient _client = api.Server.ForNewOrganization();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task The_same_event_in_every_mode_is_accepted_once()
    {
        var webhook = await _client.CreateWebhookAsync();

        var structured = await SendAsync("application/cloudevents+json; charset=utf-8", Event);
        var plain = await SendAsync("application/json", Event);
        var batched = await SendAsync("application/cloudevents-batch+json", $"[{Event}]");
        var binary = await SendAsync("application/json", """{"n":1}""", Headers());
        var percent = await SendAsync(
            "application/json",
            """{"n":1}""",
            ("ce-specversion", "1.0"), ("ce-id", "%31"), ("ce-source", "\"/users\""), ("ce-type", "user.created"));

        var id = structured.MustBe(HttpStatusCode.Accepted)["id"].GetGuid();
        Assert.Equal(id, plain.MustBe(HttpStatusCode.Accepted)["id"].GetGuid());
        Assert.Equal(id, Assert.Single(batched.MustBe(HttpStatusCode.Accepted).Data).GetProperty("id").GetGuid());
        Assert.Equal(id, binary.MustBe(HttpStatusCode.Accepted)["id"].GetGuid());
        Assert.Equal(id, percent.MustBe(HttpStatusCode.Accepted)["id"].GetGuid());
        Assert.Single((await _client.Get($"{Calls.Webhooks}/{webhook}/deliveries")).Data);
    }

    [Fact]
    public async Task Another_event_under_the_same_source_and_id_is_refused()
    {
        (await SendAsync("application/cloudevents+json", Event)).MustBe(HttpStatusCode.Accepted);

        var other = await SendAsync("application/cloudevents+json", Event.Replace("\"n\":1", "\"n\":2", StringComparison.Ordinal));

        Assert.NotEmpty(other.MustBeProblem(HttpStatusCode.Conflict, "reused-event-id").Errors("data"));
    }

    [Fact]
    public async Task What_the_Content_Type_announces_must_come()
    {
        (await SendAsync("application/cloudevents+json", """{"event":"user.created","data":{}}""")).MustRefuse(
            "specversion", "id", "source", "type");
        (await SendAsync("application/cloudevents+avro", Event)).MustBeProblem(HttpStatusCode.UnsupportedMediaType, "unsupported-encoding");
    }

    [Fact]
    public async Task In_binary_mode_what_is_wrong_is_told_by_the_names_of_attributes()
    {
        (await SendAsync("text/plain", """{"n":1}""", Headers())).MustRefuse("datacontenttype");
        (await SendAsync("application/json", "", Headers())).MustRefuse("data");
        (await SendAsync("application/json", "{}", [("ce-type", "user.created")])).MustRefuse("specversion", "id", "source");
        (await SendAsync("application/json", "{", Headers())).MustBeProblem(HttpStatusCode.BadRequest, "malformed-body");
    }

    [Fact]
    public async Task A_webhooks_form_is_set_shown_changed_and_told_in_the_audit()
    {
        var created = (await _client.Post(
            Calls.Webhooks, """{"url":"http://127.0.0.1:9000/hook","events":["*"],"payload_format":"cloudevents"}"""))
            .MustBe(HttpStatusCode.Created);
        var webhook = $"{Calls.Webhooks}/{created["id"]}";
        var changed = (await _client.Patch(webhook, """{"payload_format":"standard"}""")).MustBe(HttpStatusCode.OK);
        (await _client.Patch(webhook, """{"payload_format":"xml"}""")).MustRefuse("payload_format");
        (await _client.Patch(webhook, """{"payload_format":null}""")).MustRefuse("payload_format");

        Assert.Equal("cloudevents", created["payload_format"].GetString());
        Assert.Equal("standard", changed["payload_format"].GetString());
        var entry = Assert.Single((await _client.Get("/api/v1/audit?action=webhook.updated")).Data);
        Assert.Equal("payload_format", entry.GetProperty("changes")[0].GetProperty("field").GetString());
    }

    [Fact]
    public async Task An_event_is_shown_with_its_time_and_data_whatever_the_form()
    {
        await _client.Post(Calls.Webhooks, """{"url":"http://127.0.0.1:9000/hook","events":["*"],"payload_format":"cloudevents"}""");
        var published = (await _client.Post(Path, """{"event":"user.created","data":{"n":1},"timestamp":"2026-08-01T12:00:00Z"}"""))
            .MustBe(HttpStatusCode.Accepted);

        var shown = (await _client.Get($"{Path}/{published["id"]}")).MustBe(HttpStatusCode.OK);

        Assert.Equal(1, shown["data"].GetProperty("n").GetInt32());
        Assert.Equal(new DateTime(2026, 8, 1, 12, 0, 0, DateTimeKind.Utc), shown["timestamp"].GetDateTime());
    }

    private static (string Name, string Value)[] Headers() =>
        [("ce-specversion", "1.0"), ("CE-Id", "1"), ("ce-source", "/users"), ("ce-type", "user.created")];

    private async Task<Answer> SendAsync(string contentType, string body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Path)
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body))
            {
                Headers = { ContentType = MediaTypeHeaderValue.Parse(contentType) },
            },
        };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await _client.CallAsync(request);
    }
}
