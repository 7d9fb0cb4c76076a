using System.Net;
using System.Text.Json;
using Webhooks.Api.Tests.Hosting;

namespace Webhooks.Api.Tests.Transforms;

/// <summary>The transform of a webhook, and trying one.</summary>
public sealed class TransformTests(SharedApi api) : IAsyncLifetime
{
    private const string Test = "/api/v1/webhooks/transform/test";
    private const string Source = "function handler(webhook) { return webhook; }";
    private const string Payload = """{"event":"user.created","timestamp":"2026-01-31T18:30:00.000Z","data":{"name":"Ada"}}""";

    private readonly HttpClient _client = api.Server.ForNewOrganization();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_transform_is_set_shown_told_in_the_audit_changed_and_taken_away()
    {
        var created = (await CreateAsync(Source)).MustBe(HttpStatusCode.Created);
        var webhook = $"{Calls.Webhooks}/{created["id"]}";
        var kept = (await _client.Patch(webhook, """{"description":"x"}""")).MustBe(HttpStatusCode.OK);
        var changed = (await _client.Patch(webhook, Body("const handler = w => w"))).MustBe(HttpStatusCode.OK);
        var cleared = (await _client.Patch(webhook, """{"transform":null}""")).MustBe(HttpStatusCode.OK);

        Assert.Equal(Source, created["transform"].GetString());
        Assert.Equal(Source, kept["transform"].GetString());
        Assert.Equal("const handler = w => w", changed["transform"].GetString());
        Assert.Equal(JsonValueKind.Null, cleared["transform"].ValueKind);
        var entries = (await _client.Get("/api/v1/audit?action=webhook.updated")).Data;
        Assert.Equal(["transform", "transform", "description"], entries.Select(
            entry => entry.GetProperty("changes")[0].GetProperty("field").GetString()));
    }

    [Theory]
    [InlineData("function handler(w) {\n  return w", "Line 2")]
    [InlineData("function hander(w) { return w }", "no function handler")]
    [InlineData("async function handler(w) { return w }", "asynchronous")]
    [InlineData("function handler(w) { return '\0' }", "must not contain")]
    public async Task A_source_that_is_no_transform_is_refused(string source, string advice)
    {
        var answer = await CreateAsync(source);

        answer.MustRefuse("transform");
        Assert.Contains(advice, answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_source_has_up_to_50_KB_however_its_characters_are_escaped_and_is_a_text()
    {
        var longest = Source.PadRight(50 * 1024, '\n');
        var created = (await CreateAsync(longest)).MustBe(HttpStatusCode.Created);

        Assert.Equal(longest, created["transform"].GetString());
        (await CreateAsync(longest + ' ')).MustRefuse("transform");
        (await _client.Patch($"{Calls.Webhooks}/{created["id"]}", """{"transform":7}""")).MustRefuse("transform");
    }

    [Fact]
    public async Task A_trial_says_what_would_be_sent()
    {
        const string Greeting =
            "function handler(w) { w.headers['X-Kind'] = w.event; w.payload = {text: `Hello ${w.payload.data.name}`}; return w; }";

        var trial = (await TryAsync(Greeting)).MustBe(HttpStatusCode.OK);

        Assert.Equal("changed", trial["outcome"].GetString());
        Assert.Equal("""{"text":"Hello Ada"}""", trial["sent_body"].GetString());
        Assert.Equal("user.created", trial["sent_headers"].GetProperty("X-Kind").GetString());
        Assert.Equal(JsonValueKind.Null, trial["error"].ValueKind);
    }

    [Fact]
    public async Task A_trial_says_that_nothing_would_be_sent()
    {
        var trial = (await TryAsync("function handler(w) { return {cancel: true}; }")).MustBe(HttpStatusCode.OK);

        Assert.Equal("canceled", trial["outcome"].GetString());
        Assert.Equal(JsonValueKind.Null, trial["sent_body"].ValueKind);
    }

    [Theory]
    [InlineData("function handler(w) {\n\n  return w.none.of.it;\n}", 3, "Cannot read")]
    [InlineData("function handler(w) {\n  return w", 2, "Unexpected")]
    [InlineData("function handler(w) { for (;;); }", null, "50000 statements")]
    public async Task A_trial_says_why_and_where_a_script_fails(string source, int? line, string message)
    {
        var trial = (await TryAsync(source)).MustBe(HttpStatusCode.OK);

        Assert.Equal("failed", trial["outcome"].GetString());
        Assert.Equal(line, trial["error"].GetProperty("line").Deserialize<int?>());
        Assert.Contains(message, trial["error"].GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"transform":"x"}""", "payload")]
    [InlineData("""{"payload":{"event":"a"}}""", "transform")]
    [InlineData("""{"transform":7,"payload":{"event":"a"}}""", "transform")]
    [InlineData("""{"transform":"x","payload":[]}""", "payload")]
    [InlineData("""{"transform":"x","payload":{}}""", "payload")]
    [InlineData("""{"transform":"x","payload":{"event":"a"},"url":"x"}""", "url")]
    public async Task A_trial_without_what_it_needs_is_refused(string body, string field) =>
        (await _client.Post(Test, body)).MustRefuse(field);

    [Fact]
    public async Task A_trial_takes_who_may_write_webhooks()
    {
        using var reader = api.Server.For(Guid.NewGuid(), "webhooks:read");

        (await reader.Post(Test, $$"""{"transform":"x","payload":{{Payload}}}""")).MustBe(HttpStatusCode.Forbidden);
    }

    private Task<Answer> TryAsync(string source) =>
        _client.Post(Test, $$"""{"transform":{{JsonSerializer.Serialize(source)}},"payload":{{Payload}}}""");

    private static string Body(string transform) => $$"""{"transform":{{JsonSerializer.Serialize(transform)}}}""";

    private Task<Answer> CreateAsync(string transform) => _client.Post(
        Calls.Webhooks,
        $$"""{"url":"http://127.0.0.1:9000/hook","events":["user.created"],"transform":{{JsonSerializer.Serialize(transform)}}}""");
}
