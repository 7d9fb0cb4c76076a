using System.Net;
using System.Text.Json;
using Webhooks.Api.Tests.Hosting;

namespace Webhooks.Api.Tests.Filters;

public sealed class FilterTests(SharedApi api) : IAsyncLifetime
{
    private const string Filter = """{"data":{"amount":{"$gte":100}}}""";

    private readonly HttpClient _client = api.Server.ForNewOrganization();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_filter_is_set_shown_told_in_the_audit_changed_and_taken_away()
    {
        var created = (await CreateAsync(Filter)).MustBe(HttpStatusCode.Created);
        var webhook = $"{Calls.Webhooks}/{created["id"]}";
        var kept = (await _client.Patch(webhook, """{"description":"x"}""")).MustBe(HttpStatusCode.OK);
        var changed = (await _client.Patch(webhook, """{"filter":{"event":"user.created"}}""")).MustBe(HttpStatusCode.OK);
        var cleared = (await _client.Patch(webhook, """{"filter":null}""")).MustBe(HttpStatusCode.OK);

        Assert.Equal(100, created["filter"].GetProperty("data").GetProperty("amount").GetProperty("$gte").GetInt32());
        Assert.Equal(created["filter"].GetRawText(), kept["filter"].GetRawText());
        Assert.Equal("user.created", changed["filter"].GetProperty("event").GetString());
        Assert.Equal(JsonValueKind.Null, cleared["filter"].ValueKind);
        var entries = (await _client.Get("/api/v1/audit?action=webhook.updated")).Data;
        Assert.Equal(["filter", "filter", "description"], entries.Select(
            entry => entry.GetProperty("changes")[0].GetProperty("field").GetString()));
    }

    [Fact]
    public async Task A_filter_that_cannot_be_used_is_refused_with_the_place()
    {
        (await CreateAsync("""{"amount":5}""")).MustRefuse("filter.amount");
        (await CreateAsync("[]")).MustRefuse("filter");
        (await CreateAsync("""{"data":{"x":{"$where":"1"},"y":{"$gt":null}}}""")).MustRefuse("filter.data.x.$where", "filter.data.y.$gt");
    }

    [Fact]
    public async Task Only_what_passes_is_delivered_and_the_rest_is_explained()
    {
        var filtered = (await CreateAsync(Filter)).MustBe(HttpStatusCode.Created)["id"].GetGuid();
        await _client.CreateWebhookAsync();
        var small = await PublishAsync("""{"amount":5}""");
        var large = await PublishAsync("""{"amount":500}""");

        Assert.Single((await _client.Get($"{Calls.Webhooks}/{filtered}/deliveries")).Data);
        Assert.Equal("filtered", await ReasonAsync(small));
        Assert.Equal("pending", await ReasonAsync(large));

        async Task<string?> ReasonAsync(Guid eventId) =>
            (await _client.Get($"{Calls.Webhooks}/{filtered}/explain?event_id={eventId}")).MustBe(HttpStatusCode.OK)["reason"].GetString();
    }

    [Fact]
    public async Task A_filter_is_tried_on_a_payload_and_the_answer_says_which_condition_does_not_hold()
    {
        var tried = (await TryAsync(
            """{"data":{"amount":{"$gte":100},"currency":"EUR"}}""",
            """{"event":"payment.succeeded","timestamp":"2026-01-31T18:30:00.000Z","data":{"amount":250,"currency":"USD"},"webhook_id":"x"}"""))
            .MustBe(HttpStatusCode.OK);

        Assert.False(tried["matches"].GetBoolean());
        Assert.Equal(
            [("data.amount", true), ("data.currency", false)],
            tried["conditions"].EnumerateArray().Select(
                condition => (condition.GetProperty("field").GetString(), condition.GetProperty("holds").GetBoolean())));
        Assert.Equal("""{"$gte":100}""", tried["conditions"][0].GetProperty("condition").GetRawText());
    }

    [Fact]
    public async Task A_trial_needs_a_filter_and_a_payload_that_could_be_stored()
    {
        (await _client.Post("/api/v1/webhooks/filter/test", "{}")).MustRefuse("filter", "payload");
        (await TryAsync(Filter, "5")).MustRefuse("payload");
        (await TryAsync(Filter, """{"event":"a","timestamp":"b"}""")).MustRefuse("payload.data");
        (await TryAsync(Filter, """{"data":{}}""")).MustRefuse("payload.event", "payload.timestamp");
        (await TryAsync(Filter, """{"event":"a","timestamp":"b","data":{"x":"\u0000"}}""")).MustRefuse("payload.data.x");
    }

    private Task<Answer> CreateAsync(string filter) => _client.Post(
        Calls.Webhooks, $$"""{"url":"http://127.0.0.1:9000/hook","events":["user.created"],"filter":{{filter}} }""");

    private Task<Answer> TryAsync(string filter, string payload) =>
        _client.Post("/api/v1/webhooks/filter/test", $$"""{"filter":{{filter}},"payload":{{payload}} }""");

    private async Task<Guid> PublishAsync(string data) =>
        (await _client.Post("/api/v1/events", $$"""{"event":"user.created","data":{{data}} }"""))
            .MustBe(HttpStatusCode.Accepted)["id"].GetGuid();
}
