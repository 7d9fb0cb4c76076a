using System.Net;
using System.Text.Json;
using Webhooks.Api.Authentication;
using Webhooks.Api.Tests.Hosting;
using Webhooks.Testing;

namespace Webhooks.Api.Tests.Pull;

/// <summary>Webhooks that are pulled from, over HTTP.</summary>
public sealed class PullTests(SharedApi api) : IAsyncLifetime
{
    private readonly Guid _organization = Guid.NewGuid();
    private HttpClient _owner = null!;
    private HttpClient _receiver = null!;
    private string _webhook = null!;

    private string Pull => _webhook + "/pull";

    private string Results => _webhook + "/pull/results";

    public async ValueTask InitializeAsync()
    {
        _owner = api.Server.For(_organization);
        _receiver = api.Server.For(_organization, Scopes.PullDeliveries);
        var created = (await _owner.Post(Calls.Webhooks, """{"mode":"pull","events":["*"]}""")).MustBe(HttpStatusCode.Created);
        Assert.Equal("pull", created["mode"].GetString());
        Assert.Equal(JsonValueKind.Null, created["url"].ValueKind);
        _webhook = $"{Calls.Webhooks}/{created["id"]}";
    }

    public ValueTask DisposeAsync()
    {
        _owner.Dispose();
        _receiver.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_receiver_pulls_the_signed_request_and_its_result_is_in_the_history()
    {
        await _owner.PublishAsync();
        Assert.Equal("""{"by":"pull","until":null}""", Assert.Single((await _owner.Get(_webhook + "/deliveries")).Data)
            .GetProperty("held").GetRawText());

        var pulled = Assert.Single((await _receiver.Post(Pull, """{"limit":5}""")).MustBe(HttpStatusCode.OK)
            ["deliveries"].EnumerateArray());

        Assert.Equal(
            ["attempt", "body", "headers", "id", "lease_token", "lease_until"],
            pulled.EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal));
        Assert.Equal("user.created", JsonElement.Parse(pulled.GetProperty("body").GetString()!).GetProperty("event").GetString());
        Assert.StartsWith("v1,", pulled.GetProperty("headers").GetProperty("webhook-signature").GetString(), StringComparison.Ordinal);
        var reported = (await ReportAsync(pulled, ""","status":200,"body":"thanks","duration_ms":12""")).MustBe(HttpStatusCode.OK);
        Assert.Equal(
            $$"""[{"id":"{{pulled.GetProperty("id")}}","recorded":true,"status":"succeeded","problem":null}]""",
            reported["results"].GetRawText());

        var delivery = await _owner.Get($"{_webhook}/deliveries/{pulled.GetProperty("id")}");
        Assert.Equal(("succeeded", JsonValueKind.Null), (delivery["status"].GetString(), delivery["held"].ValueKind));
        var attempt = Assert.Single(delivery["attempts"].EnumerateArray());
        Assert.Equal(
            (200, "thanks", 12),
            (attempt.GetProperty("response_status").GetInt32(), attempt.GetProperty("response_body").GetString(),
                attempt.GetProperty("duration_ms").GetInt32()));
        Assert.Empty((await _receiver.Post(Pull)).MustBe(HttpStatusCode.OK)["deliveries"].EnumerateArray());
    }

    [Fact]
    public async Task Of_several_results_those_are_recorded_whose_lease_is_held_and_the_answer_says_so_of_each()
    {
        await _owner.PublishAsync();
        var pulled = Assert.Single((await _receiver.Post(Pull))["deliveries"].EnumerateArray());
        var unknown = $$"""{"id":"{{Guid.NewGuid()}}","lease_token":"{{Guid.NewGuid()}}","error":"connection_refused"}""";
        var held = $$"""{"id":{{Raw(pulled, "id")}},"lease_token":{{Raw(pulled, "lease_token")}},"error":"connection_refused"}""";

        var answer = (await _receiver.Post(Results, $"[{unknown},{held}]")).MustBe(HttpStatusCode.OK);
        var again = (await _receiver.Post(Results, $"[{held}]")).MustBe(HttpStatusCode.OK);

        Assert.Equal([false, true], answer["results"].EnumerateArray().Select(result => result.GetProperty("recorded").GetBoolean()));
        Assert.NotEmpty(answer["results"][0].GetProperty("problem").GetString()!);
        Assert.Equal("pending", answer["results"][1].GetProperty("status").GetString());
        Assert.False(again["results"][0].GetProperty("recorded").GetBoolean());
        var delivery = await _owner.Get($"{_webhook}/deliveries/{pulled.GetProperty("id")}");
        Assert.Equal("connection_refused", Assert.Single(delivery["attempts"].EnumerateArray()).GetProperty("error").GetString());
    }

    [Theory]
    [InlineData("""[]""")]
    [InlineData("""{"id":"x"}""")]
    [InlineData("""[{"id":"a"}""")]
    public async Task A_report_that_is_no_array_of_results_is_refused(string body) =>
        (await _receiver.Post(Results, body)).MustBeProblem(HttpStatusCode.BadRequest, "malformed-body");

    [Theory]
    [InlineData("""[7]""", "[0]")]
    [InlineData("""[{"id":"x","lease_token":"00000000-0000-0000-0000-000000000000","status":200}]""", "[0].id")]
    [InlineData("""[{"status":200}]""", "[0].id", "[0].lease_token")]
    [InlineData("""[{ID,"status":99}]""", "[0].status")]
    [InlineData("""[{ID,"status":600}]""", "[0].status")]
    [InlineData("""[{ID}]""", "[0].status")]
    [InlineData("""[{ID,"error":""}]""", "[0].status")]
    [InlineData("""[{ID,"status":200,"error":"x"}]""", "[0].status")]
    [InlineData("""[{ID,"status":200,"duration_ms":-1}]""", "[0].duration_ms")]
    [InlineData("""[{ID,"status":200,"answer":"x"}]""", "[0].answer")]
    [InlineData("""[{ID,"status":200},{ID,"status":500}]""", "[1].id")]
    public async Task A_result_that_is_wrong_is_refused_by_its_field_and_none_is_recorded(string body, params string[] fields)
    {
        const string Ids =
            "\"id\":\"019c1524-c2c0-789c-896f-9c2fb1de4809\",\"lease_token\":\"6e0d3e0f-3a3e-4a80-9d3c-0f5f5a3c1b7e\"";

        (await _receiver.Post(Results, body.Replace("ID", Ids, StringComparison.Ordinal))).MustRefuse(fields);
    }

    [Fact]
    public async Task A_report_of_too_many_results_is_refused_and_a_long_body_is_cut_at_a_character()
    {
        var item = $$"""{"id":"{{Guid.NewGuid()}}","lease_token":"{{Guid.NewGuid()}}","status":200}""";
        (await _receiver.Post(Results, $"[{string.Join(',', Enumerable.Repeat(item, 101))}]"))
            .MustBeProblem(HttpStatusCode.BadRequest, "malformed-body");
        await _owner.PublishAsync();
        var pulled = Assert.Single((await _receiver.Post(Pull))["deliveries"].EnumerateArray());

        await ReportAsync(pulled, $$""","status":500,"body":"x{{new string('ä', 10_000)}}" """);

        var body = (await _owner.Get($"{_webhook}/deliveries/{pulled.GetProperty("id")}"))["response_body"].GetString()!;
        Assert.Equal(1 + (16 * 1024 - 1) / 2, body.Length);
        Assert.EndsWith("ä", body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"limit":0}""", "limit")]
    [InlineData("""{"limit":101}""", "limit")]
    [InlineData("""{"wait_seconds":21}""", "wait_seconds")]
    [InlineData("""{"wait":1}""", "wait")]
    public async Task A_pull_out_of_bounds_is_refused(string body, string field) => (await _receiver.Post(Pull, body)).MustRefuse(field);

    [Fact]
    public async Task A_webhook_that_is_posted_to_is_not_pulled_from_nor_is_one_that_is_not_active_or_another_organizations()
    {
        var pushed = await _owner.CreateWebhookAsync();
        (await _receiver.Post($"{Calls.Webhooks}/{pushed}/pull")).MustBeProblem(HttpStatusCode.Conflict, "not-pulled");
        await _owner.Patch(_webhook, """{"active":false}""");
        (await _receiver.Post(Pull)).MustBeProblem(HttpStatusCode.Conflict, "webhook-inactive");
        (await _owner.Post(_webhook + "/test")).MustBeProblem(HttpStatusCode.Conflict, "webhook-inactive");

        using var other = api.Server.For(Guid.NewGuid(), Scopes.PullDeliveries);
        (await other.Post(Pull)).MustBeProblem(HttpStatusCode.NotFound, "not-found");
        (await other.Post(Results, $$"""[{"id":"{{Guid.NewGuid()}}","lease_token":"{{Guid.NewGuid()}}","status":200}]"""))
            .MustBeProblem(HttpStatusCode.NotFound, "not-found");
    }

    [Fact]
    public async Task The_scope_allows_the_two_calls_and_nothing_else()
    {
        // What a token may do is told to whoever has it.
        var others = Operations.All.Where(
            operation => Operations.ScopeOf(operation.Method, operation.Path) is not (null or Scopes.PullDeliveries));
        foreach (var (method, path) in others)
        {
            (await _receiver.CallAsync(method, path, """{"event":"user.created","data":{}}""")).MustBe(HttpStatusCode.Forbidden);
        }

        (await _owner.Post(Pull)).MustBe(HttpStatusCode.Forbidden);
        (await _owner.Post(Results, "[]")).MustBe(HttpStatusCode.Forbidden);
        (await _receiver.Post(Pull)).MustBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("""{"mode":"pull","url":"http://127.0.0.1:9000/","events":["*"]}""", "url")]
    [InlineData("""{"mode":"fetch","events":["*"],"url":"http://127.0.0.1:9000/"}""", "mode")]
    [InlineData("""{"mode":"push","events":["*"]}""", "url")]
    [InlineData("""{"mode":"push","events":["*"],"url":null}""", "url")]
    public async Task A_webhook_has_a_url_if_and_only_if_it_is_posted_to(string body, string field) =>
        (await _owner.Post(Calls.Webhooks, body)).MustRefuse(field);

    [Fact]
    public async Task The_mode_changes_with_the_url_and_the_audit_tells_it()
    {
        (await _owner.Patch(_webhook, """{"url":"http://127.0.0.1:9000/"}""")).MustRefuse("url");
        (await _owner.Patch(_webhook, """{"mode":"push"}""")).MustRefuse("url");
        var pushed = (await _owner.Patch(_webhook, """{"mode":"push","url":"http://127.0.0.1:9000/"}""")).MustBe(HttpStatusCode.OK);
        (await _owner.Patch(_webhook, """{"mode":"pull","url":"http://127.0.0.1:9000/"}""")).MustRefuse("url");
        var pulled = (await _owner.Patch(_webhook, """{"mode":"pull"}""")).MustBe(HttpStatusCode.OK);

        Assert.Equal(("push", "http://127.0.0.1:9000/"), (pushed["mode"].GetString(), pushed["url"].GetString()));
        Assert.Equal(("pull", JsonValueKind.Null), (pulled["mode"].GetString(), pulled["url"].ValueKind));
        var changes = (await _owner.Get("/api/v1/audit")).Data[0].GetProperty("changes").EnumerateArray().ToList();
        (await _owner.Patch(_webhook, """{"mode":"pull","url":null}""")).MustBe(HttpStatusCode.OK);
        Assert.Equal(
            ["push -> pull"],
            changes.Where(change => change.GetProperty("field").GetString() == "mode").Select(
                change => $"{change.GetProperty("before")} -> {change.GetProperty("after")}"));
    }

    [Fact]
    public async Task A_list_filtered_by_url_has_none_that_are_pulled_from()
    {
        Assert.Single((await _owner.Get(Calls.Webhooks)).Data);
        Assert.Empty((await _owner.Get(Calls.Webhooks + "?url=h")).Data);
    }

    [Fact]
    public async Task A_test_waits_to_be_pulled()
    {
        var test = (await _owner.Post(_webhook + "/test", """{"event":"invoice.paid"}""")).MustBe(HttpStatusCode.OK);

        Assert.Equal(("pending", "pull"), (test["status"].GetString(), test["held"].GetProperty("by").GetString()));
        var pulled = Assert.Single((await _receiver.Post(Pull))["deliveries"].EnumerateArray());
        Assert.Equal(test["id"].GetString(), pulled.GetProperty("id").GetString());
    }

    [Fact]
    public async Task An_event_that_waits_to_be_pulled_is_explained()
    {
        var id = await _owner.PublishAsync();

        var explained = (await _owner.Get($"{_webhook}/explain?event_id={id}")).MustBe(HttpStatusCode.OK);

        Assert.Equal("pending", explained["reason"].GetString());
        Assert.Equal("pull", explained["delivery"].GetProperty("held").GetProperty("by").GetString());
        Assert.Contains("pull", explained["detail"].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_organization_may_have_so_many_pulls_under_way_at_once()
    {
        using var gone = api.Server.For(_organization, Scopes.PullDeliveries);
        var waiting = Enumerable.Range(0, 21).Select(_ => gone.Post(Pull, """{"wait_seconds":20}""")).ToList();

        var refused = await await Task.WhenAny(waiting);

        refused.MustBeProblem(HttpStatusCode.TooManyRequests, "too-many-pulls");
        Assert.NotNull(refused.Headers.RetryAfter);
        using var other = api.Server.For(Guid.NewGuid(), Scopes.PullDeliveries);
        (await other.Post(Pull)).MustBe(HttpStatusCode.NotFound);
        gone.CancelPendingRequests();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(waiting));
        while ((await _receiver.Post(Pull)).Status != HttpStatusCode.OK)
        {
            await Task.Yield();
        }
    }

    [Fact]
    public async Task A_server_that_stops_answers_those_who_wait()
    {
        await using var database = await TestDatabase.CreateMigratedAsync();
        await using var server = await ApiServer.StartAsync(database.ConnectionString);
        using var client = server.For(Guid.NewGuid(), Scopes.WriteWebhooks, Scopes.PullDeliveries);
        var created = await client.Post(Calls.Webhooks, """{"mode":"pull","events":["*"]}""");
        var waiting = client.Post($"{Calls.Webhooks}/{created["id"]}/pull", """{"wait_seconds":20}""");
        await Eventually.HoldsAsync(
            () => server.Logs.Lines.Any(line => line.Text.Contains("/pull", StringComparison.Ordinal)),
            () => "the pull has not begun",
            TestContext.Current.CancellationToken);

        await server.StopAsync();

        Assert.Empty((await waiting).MustBe(HttpStatusCode.OK)["deliveries"].EnumerateArray());
    }

    private Task<Answer> ReportAsync(JsonElement pulled, string result) => _receiver.Post(
        Results, $$"""[{"id":{{Raw(pulled, "id")}},"lease_token":{{Raw(pulled, "lease_token")}}{{result}}}]""");

    private static string Raw(JsonElement pulled, string name) => pulled.GetProperty(name).GetRawText();
}
