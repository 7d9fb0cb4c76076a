using System.Net;
using System.Text.Json;
using Webhooks.Api.Tests.Hosting;

namespace Webhooks.Api.Tests.Webhooks;

/// <summary>A webhook's own headers, which are secret.</summary>
public sealed class HeadersTests(SharedApi api) : IAsyncLifetime
{
    private const string Secret = "s3cr3t-value";

    private readonly HttpClient _client = api.Server.ForNewOrganization();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Headers_are_set_shown_masked_told_in_the_audit_changed_and_taken_away()
    {
        var created = (await CreateAsync($$"""{"X-Api-Key":"{{Secret}}","Authorization":"Basic {{Secret}}"}""")).MustBe(HttpStatusCode.Created);
        var webhook = $"{Calls.Webhooks}/{created["id"]}";
        var shown = (await _client.Get(webhook)).MustBe(HttpStatusCode.OK);
        var listed = (await _client.Get(Calls.Webhooks)).MustBe(HttpStatusCode.OK);
        var kept = (await _client.Patch(webhook, """{"description":"x"}""")).MustBe(HttpStatusCode.OK);
        var changed = (await _client.Patch(webhook, $$"""{"headers":{"X-Other":"{{Secret}}"} }""")).MustBe(HttpStatusCode.OK);
        var sameName = (await _client.Patch(webhook, $$"""{"headers":{"X-Other":"{{Secret}}2"} }""")).MustBe(HttpStatusCode.OK);
        var cleared = (await _client.Patch(webhook, """{"headers":null}""")).MustBe(HttpStatusCode.OK);
        var audit = (await _client.Get("/api/v1/audit")).MustBe(HttpStatusCode.OK);

        Assert.Equal(["Authorization", "X-Api-Key"], created["headers"].EnumerateObject().Select(header => header.Name).Order());
        Assert.All(created["headers"].EnumerateObject(), header => Assert.Equal("********", header.Value.GetString()));
        Assert.Equal(created["headers"].GetRawText(), kept["headers"].GetRawText());
        Assert.Equal("X-Other", Assert.Single(changed["headers"].EnumerateObject()).Name);
        Assert.Equal(JsonValueKind.Null, cleared["headers"].ValueKind);
        Assert.All(
            [created, shown, listed, kept, changed, sameName, cleared, audit],
            answer => Assert.DoesNotContain(Secret, answer.Text, StringComparison.Ordinal));
        Assert.Equal(
            ["header_names,headers_set_at", "headers_set_at", "header_names,headers_set_at", "description", ""],
            audit.Data.Select(entry => entry.GetProperty("action").GetString() == "webhook.created"
                ? ""
                : string.Join(',', entry.GetProperty("changes").EnumerateArray().Select(field => field.GetProperty("field").GetString()))));
    }

    [Theory]
    [InlineData("Content-Type")]
    [InlineData("content-length")]
    [InlineData("Host")]
    [InlineData("Transfer-Encoding")]
    [InlineData("Connection")]
    [InlineData("User-Agent")]
    [InlineData("Accept")]
    [InlineData("webhook-id")]
    [InlineData("X-Webhook-Signature")]
    [InlineData("x-webhook-anything")]
    [InlineData("Metadata")]
    [InlineData("Metadata-Flavor")]
    [InlineData("X-Identity-Header")]
    [InlineData("X-aws-ec2-metadata-token")]
    [InlineData("x-ms-version")]
    [InlineData("Proxy-Authorization")]
    [InlineData("Expect")]
    [InlineData("")]
    [InlineData("X Y")]
    [InlineData("X:Y")]
    [InlineData("X-Ünicode")]
    public async Task A_name_that_a_webhook_must_not_set_is_refused(string name) =>
        (await CreateAsync($$"""{"{{name}}":"1"}""")).MustRefuse($"headers.{name}");

    [Theory]
    [InlineData("""{"X-A":""}""", "headers.X-A")]
    [InlineData("""{"X-A":"a\r\nX-Evil: 1"}""", "headers.X-A")]
    [InlineData("""{"X-A":"a\u0000"}""", "headers.X-A")]
    [InlineData("""{"X-A":"é"}""", "headers.X-A")]
    [InlineData("""{"X-A":" a"}""", "headers.X-A")]
    [InlineData("""{"X-A":7}""", "headers.X-A")]
    [InlineData("""{"X-A":"1","x-a":"2"}""", "headers.x-a")]
    [InlineData("""{"X-A":"1","X-A":"2"}""", "headers.X-A")]
    [InlineData("""["X-A"]""", "headers")]
    public async Task A_value_that_could_not_be_sent_is_refused(string headers, string field) =>
        (await CreateAsync(headers)).MustRefuse(field);

    [Fact]
    public async Task Their_number_and_size_are_bounded()
    {
        (await CreateAsync(Many(20, 10))).MustBe(HttpStatusCode.Created);
        (await CreateAsync(Many(21, 10))).MustRefuse("headers");
        (await CreateAsync(Many(1, 2000))).MustBe(HttpStatusCode.Created);
        (await CreateAsync(Many(1, 2001))).MustRefuse("headers.X-0");
        (await CreateAsync(Many(5, 1900))).MustRefuse("headers");

        static string Many(int count, int length) =>
            JsonSerializer.Serialize(Enumerable.Range(0, count).ToDictionary(number => $"X-{number}", _ => new string('v', length)));
    }

    [Fact]
    public async Task A_masked_value_that_is_given_back_is_refused_and_the_stored_one_stays()
    {
        var created = (await CreateAsync($$"""{"X-Api-Key":"{{Secret}}"}""")).MustBe(HttpStatusCode.Created);

        (await _client.Patch($"{Calls.Webhooks}/{created["id"]}", $$"""{"headers":{{created["headers"]}} }"""))
            .MustRefuse("headers.X-Api-Key");

        var shown = await _client.Get($"{Calls.Webhooks}/{created["id"]}");
        Assert.Equal(created["updated_at"].GetString(), shown["updated_at"].GetString());
    }

    private Task<Answer> CreateAsync(string headers) => _client.Post(
        Calls.Webhooks, $$"""{"url":"http://127.0.0.1:9000/hook","events":["user.created"],"headers":{{headers}} }""");
}
