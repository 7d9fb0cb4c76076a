using System.Net;
using System.Text.Json;
using Webhooks.Api.Tests.Authentication;
using Webhooks.Api.Tests.Hosting;
using Webhooks.Testing;

namespace Webhooks.Api.Tests.Audit;

public sealed class AuditTests(SharedApi api) : IDisposable
{
    private const string Audit = "/api/v1/audit";

    private readonly Guid _org = Guid.NewGuid();
    private readonly HttpClient _client = api.Server.Anonymous();

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task Every_change_of_a_webhook_is_told_with_who_made_it_from_where_and_the_fields_that_it_changed()
    {
        As("ada");
        var id = await _client.CreateWebhookAsync("http://127.0.0.1:9000/old?tenant=7");
        As("bob");
        var webhook = $"{Calls.Webhooks}/{id}";
        (await _client.Patch(webhook, """{"url":"http://127.0.0.1:9000/new","description":"Ours"}""")).MustBe(HttpStatusCode.OK);
        (await _client.Patch(webhook, """{"active":false,"timeout_seconds":5}""")).MustBe(HttpStatusCode.OK);
        (await _client.Patch(webhook, """{"active":true}""")).MustBe(HttpStatusCode.OK);
        (await _client.Delete(webhook)).MustBe(HttpStatusCode.NoContent);

        var entries = await EntriesAsync();

        Assert.Equal(
            ["webhook.created", "webhook.disabled", "webhook.updated", "webhook.updated", "webhook.enabled", "webhook.deleted"],
            entries.Select(Action).OrderBy(action => Array.IndexOf(
                ["webhook.created", "webhook.disabled", "webhook.updated", "webhook.enabled", "webhook.deleted"], action)));
        var address = Assert.Single(_client.DefaultRequestHeaders.GetValues("X-Forwarded-For"));
        Assert.Equal(("user", "ada", address), ActorOf(entries[^1]));
        Assert.All(entries.SkipLast(1), entry => Assert.Equal(("user", "bob", address), ActorOf(entry)));
        Assert.All(entries, entry => Assert.Equal(id, entry.GetProperty("webhook_id").GetGuid()));
        Assert.All(entries, entry => Assert.Equal(
            $$"""{"kind":"webhook","id":"{{id}}"}""", entry.GetProperty("resource").GetRawText()));
        Assert.All(entries, entry => Assert.NotEmpty(entry.GetProperty("request_id").GetString()!));
        Assert.Equal(
            """
            [{"field":"url","before":"http://127.0.0.1:9000/old?tenant=7","after":"http://127.0.0.1:9000/new"},
            {"field":"description","before":null,"after":"Ours"}]
            """.ReplaceLineEndings(""),
            Changes(entries.Last(entry => Action(entry) == "webhook.updated")));
        Assert.Equal(
            """
            [{"field":"active","before":true,"after":false},{"field":"disabled_reason","before":null,"after":"manual"}]
            """,
            Changes(Assert.Single(entries, entry => Action(entry) == "webhook.disabled")));
        Assert.Contains("""{"field":"events","before":null,"after":["user.created"]}""", Changes(entries[^1]), StringComparison.Ordinal);
        Assert.Contains(
            """{"field":"url","before":"http://127.0.0.1:9000/new","after":null}""", Changes(entries[0]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rotating_promoting_and_ending_are_told_without_a_secret()
    {
        As("ada");
        var created = (await _client.Post(Calls.Webhooks, """{"url":"http://127.0.0.1:9000/","events":["*"]}""")).MustBe(
            HttpStatusCode.Created);
        var secrets = $"{Calls.Webhooks}/{created["id"]}/secret";
        var rotated = (await _client.Post(secrets + "/rotate")).MustBe(HttpStatusCode.OK);
        (await _client.Post(secrets + "/promote")).MustBe(HttpStatusCode.OK);
        (await _client.Post(secrets + "/promote")).MustBe(HttpStatusCode.OK);
        (await _client.Delete(secrets + "/previous")).MustBe(HttpStatusCode.NoContent);
        (await _client.Delete(secrets + "/previous")).MustBe(HttpStatusCode.NoContent);

        var answer = await _client.Get(Audit);

        Assert.Equal(
            ["secret.overlap_ended", "secret.promoted", "secret.rotated", "webhook.created"], answer.Data.Select(Action));
        Assert.Contains("\"field\":\"previous_secret_expires_at\",\"before\":null", Changes(answer.Data[2]), StringComparison.Ordinal);
        Assert.DoesNotContain("whsec_", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(created["secret"].GetString()![^4..], answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(rotated["secret"].GetString()![^4..], answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Redeliveries_cancellations_erasures_and_recoveries_are_told()
    {
        As("ada");
        var id = await _client.CreateWebhookAsync(events: "*");
        var deliveries = $"{Calls.Webhooks}/{id}/deliveries";
        await _client.PublishAsync();
        await _client.PublishAsync();
        var delivery = (await _client.Get(deliveries)).Data[0].GetProperty("id").GetGuid();
        (await _client.Post($"{deliveries}/{delivery}/cancel")).MustBe(HttpStatusCode.Accepted);
        var again = (await _client.Post($"{deliveries}/{delivery}/redeliver")).MustBe(HttpStatusCode.Accepted)["id"].GetGuid();
        (await _client.Post($"{deliveries}/cancel", """{"created_before":"2999-01-01T00:00:00Z"}""")).MustBe(HttpStatusCode.Accepted);
        (await _client.Post($"{deliveries}/cancel", """{"created_before":"2999-01-01T00:00:00Z"}""")).MustBe(HttpStatusCode.Accepted);
        (await _client.Post($"{deliveries}/{delivery}/redact")).MustBe(HttpStatusCode.OK);
        (await _client.Post($"{deliveries}/{delivery}/redact")).MustBe(HttpStatusCode.OK);
        var recoveries = $"{Calls.Webhooks}/{id}/recoveries";
        var now = DateTimeOffset.UtcNow;
        var recovery = (await _client.Post(
            recoveries,
            $$"""{"from":"{{now.AddHours(-1):O}}","to":"{{now:O}}","statuses":["failed"],"rate":3}""")).MustBe(HttpStatusCode.Accepted);
        foreach (var change in (string[])["pause", "pause", "resume", "cancel", "cancel"])
        {
            (await _client.Post($"{recoveries}/{recovery["id"]}/{change}")).MustBe(HttpStatusCode.OK);
        }

        var entries = await EntriesAsync();

        Assert.Equal(
            [
                "recovery.canceled", "recovery.resumed", "recovery.paused", "recovery.created", "delivery.redacted", "deliveries.canceled",
                "delivery.redelivered", "delivery.canceled", "webhook.created",
            ],
            entries.Select(Action));
        Assert.Contains("{\"field\":\"rate\",\"before\":null,\"after\":3}", Changes(entries[3]), StringComparison.Ordinal);
        Assert.Contains("\"pending_created_before\"", Changes(entries[5]), StringComparison.Ordinal);
        Assert.Contains($"\"after\":\"{again}\"", Changes(entries[6]), StringComparison.Ordinal);
        Assert.Equal(delivery.ToString(), entries[6].GetProperty("resource").GetProperty("id").GetString());
        Assert.All(entries, entry => Assert.Equal("ada", ActorOf(entry).Id));
    }

    [Fact]
    public async Task A_change_that_changes_nothing_and_a_request_that_is_repeated_are_not_told_again()
    {
        As("ada");
        var body = """{"url":"http://127.0.0.1:9000/hook","events":["user.created"]}""";
        var id = (await WithKeyAsync(Calls.Webhooks, body)).MustBe(HttpStatusCode.Created)["id"].GetGuid();
        (await WithKeyAsync(Calls.Webhooks, body)).MustBe(HttpStatusCode.Created);
        (await _client.Patch($"{Calls.Webhooks}/{id}", body)).MustBe(HttpStatusCode.OK);
        (await _client.Patch($"{Calls.Webhooks}/{id}", """{"active":true}""")).MustBe(HttpStatusCode.OK);
        var rotate = $"{Calls.Webhooks}/{id}/secret/rotate";
        (await WithKeyAsync(rotate, "{}")).MustBe(HttpStatusCode.OK);
        (await WithKeyAsync(rotate, "{}")).MustBe(HttpStatusCode.OK);
        (await _client.Post($"{Calls.Webhooks}/{Guid.NewGuid()}/secret/rotate")).MustBe(HttpStatusCode.NotFound);
        (await _client.Patch($"{Calls.Webhooks}/{id}", """{"url":"ftp://example.com"}""")).MustBe(HttpStatusCode.BadRequest);

        Assert.Equal(["secret.rotated", "webhook.created"], (await EntriesAsync()).Select(Action));
    }

    [Fact]
    public async Task Entries_are_found_by_webhook_actor_action_and_time_and_come_in_pages()
    {
        As("ada");
        var first = await _client.CreateWebhookAsync();
        As("bob");
        var second = await _client.CreateWebhookAsync();
        await _client.Patch($"{Calls.Webhooks}/{first}", """{"description":"1"}""");
        await _client.Patch($"{Calls.Webhooks}/{second}", """{"description":"2"}""");
        var all = await EntriesAsync();
        var times = all.Select(entry => entry.GetProperty("at").GetString()).ToArray();

        Assert.Equal([Id(all[1]), Id(all[3])], await FoundAsync($"?webhook_id={first}"));
        Assert.Equal([Id(all[3])], await FoundAsync("?actor=ada"));
        Assert.Empty(await FoundAsync("?actor=system"));
        Assert.Equal([Id(all[0]), Id(all[1])], await FoundAsync("?action=webhook.updated"));
        Assert.Equal([Id(all[0]), Id(all[1])], await FoundAsync($"?from={times[1]}"));
        Assert.Equal([Id(all[2])], await FoundAsync($"?from={times[2]}&to={times[1]}"));
        Assert.Equal([Id(all[2]), Id(all[3])], await FoundAsync($"?to={times[1]}&from=0001-01-01T00:00:00Z"));
        Assert.Equal(4, (await FoundAsync("?to=9999-12-31T23:59:59Z")).Count);

        var paged = new List<Guid>();
        string? cursor = null;
        do
        {
            var page = await _client.Get($"{Audit}?limit=1&cursor={cursor}");
            paged.Add(Id(Assert.Single(page.Data)));
            cursor = page["next_cursor"].GetString();
        }
        while (cursor is not null);

        Assert.Equal(all.Select(Id), paged);
    }

    [Fact]
    public async Task Nobody_sees_another_organizations_entries()
    {
        As("ada");
        var id = await _client.CreateWebhookAsync();
        using var other = api.Server.ForNewOrganization();

        Assert.Empty((await other.Get(Audit)).Data);
        Assert.Empty((await other.Get($"{Audit}?webhook_id={id}")).Data);
        Assert.Single((await _client.Get($"{Audit}?webhook_id={id}")).Data);
    }

    [Theory]
    [InlineData("?from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z", "from")]
    [InlineData("?action=webhook.exploded", "action")]
    [InlineData("?webhook_id=7", "webhook_id")]
    [InlineData("?user=ada", "user")]
    [InlineData("?actor=%00", "actor")]
    [InlineData("?limit=101", "limit")]
    [InlineData("?cursor=x", "cursor")]
    public async Task A_question_that_is_not_understood_is_refused(string query, string field)
    {
        As("ada");
        (await _client.Get(Audit + query)).MustRefuse(field);
    }

    [Fact]
    public async Task A_change_whose_entry_cannot_be_written_is_not_made()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var server = await ApiServer.StartAsync(database.ConnectionString);
        await server.MigrateAsync();
        using var client = server.ForNewOrganization();
        var id = await client.CreateWebhookAsync(events: "*");
        var paused = await client.CreateWebhookAsync(events: "invoice.paid", active: false);
        var webhook = $"{Calls.Webhooks}/{id}";
        await client.PublishAsync();
        await client.PublishAsync();
        var delivery = (await client.Get($"{webhook}/deliveries")).Data[0].GetProperty("id").GetGuid();
        var rotated = await client.CreateWebhookAsync(events: "invoice.paid");
        (await client.Post($"{Calls.Webhooks}/{rotated}/secret/rotate")).MustBe(HttpStatusCode.OK);
        var now = DateTimeOffset.UtcNow;
        var window = $$"""{"from":"{{now.AddHours(-1):O}}","to":"{{now:O}}","statuses":["failed"]}""";
        var running = (await client.Post($"{Calls.Webhooks}/{rotated}/recoveries", window))["id"].GetGuid();
        var waiting = await client.CreateWebhookAsync(events: "invoice.paid");
        var stopped = (await client.Post($"{Calls.Webhooks}/{waiting}/recoveries", window))["id"].GetGuid();
        (await client.Post($"{Calls.Webhooks}/{waiting}/recoveries/{stopped}/pause")).MustBe(HttpStatusCode.OK);
        await ExecuteAsync(database, "ALTER TABLE audit_entries ADD CONSTRAINT refused CHECK (false) NOT VALID");
        var before = await StateAsync(database);

        (HttpMethod Method, string Path, string? Body)[] changes =
        [
            (HttpMethod.Post, Calls.Webhooks, """{"url":"http://127.0.0.1:9000/","events":["*"]}"""),
            (HttpMethod.Patch, webhook, """{"description":"Other"}"""),
            (HttpMethod.Patch, webhook, """{"active":false}"""),
            (HttpMethod.Patch, $"{Calls.Webhooks}/{paused}", """{"active":true}"""),
            (HttpMethod.Delete, webhook, null),
            (HttpMethod.Post, $"{webhook}/secret/rotate", null),
            (HttpMethod.Post, $"{Calls.Webhooks}/{rotated}/secret/promote", null),
            (HttpMethod.Delete, $"{Calls.Webhooks}/{rotated}/secret/previous", null),
            (HttpMethod.Post, $"{webhook}/deliveries/{delivery}/redeliver", null),
            (HttpMethod.Post, $"{webhook}/deliveries/{delivery}/cancel", null),
            (HttpMethod.Post, $"{webhook}/deliveries/{delivery}/redact", null),
            (HttpMethod.Post, $"{webhook}/deliveries/cancel", """{"created_before":"2999-01-01T00:00:00Z"}"""),
            (HttpMethod.Post, $"{webhook}/recoveries", window),
            (HttpMethod.Post, $"{Calls.Webhooks}/{rotated}/recoveries/{running}/pause", null),
            (HttpMethod.Post, $"{Calls.Webhooks}/{waiting}/recoveries/{stopped}/resume", null),
            (HttpMethod.Post, $"{Calls.Webhooks}/{rotated}/recoveries/{running}/cancel", null),
        ];
        foreach (var (method, path, body) in changes)
        {
            (await client.CallAsync(method, path, body)).MustBeProblem(HttpStatusCode.InternalServerError, "internal-error");
            Assert.Equal(before, await StateAsync(database));
        }
    }

    private static Task<string> StateAsync(TestDatabase database) => QueryAsync(
        database,
        """
        SELECT concat((SELECT string_agg(w::text, ' ' ORDER BY id) FROM webhooks AS w),
                      (SELECT string_agg(d::text, ' ' ORDER BY id) FROM webhook_deliveries AS d),
                      (SELECT string_agg(r::text, ' ' ORDER BY id) FROM webhook_recoveries AS r))
        """);

    private static async Task ExecuteAsync(TestDatabase database, string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<string> QueryAsync(TestDatabase database, string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        return (string)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    private static string Action(JsonElement entry) => entry.GetProperty("action").GetString()!;

    private static Guid Id(JsonElement entry) => entry.GetProperty("id").GetGuid();

    private static string Changes(JsonElement entry) => entry.GetProperty("changes").GetRawText();

    private static (string? Kind, string? Id, string? Address) ActorOf(JsonElement entry)
    {
        var actor = entry.GetProperty("actor");
        return (actor.GetProperty("kind").GetString(), actor.GetProperty("id").GetString(), actor.GetProperty("address").GetString());
    }

    private void As(string subject) => _client.DefaultRequestHeaders.Authorization = new("Bearer", Tokens.Good(api.Server.Key, token =>
    {
        token.Claims["org_id"] = _org.ToString();
        token.Claims["sub"] = subject;
        token.Claims["scope"] = "webhooks:read webhooks:write events:publish";
    }));

    private async Task<Answer> WithKeyAsync(string path, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body) };
        request.Headers.Add("Idempotency-Key", "once");
        return await _client.CallAsync(request);
    }

    private async Task<IReadOnlyList<JsonElement>> EntriesAsync() => (await _client.Get(Audit)).MustBe(HttpStatusCode.OK).Data;

    private async Task<IReadOnlyList<Guid>> FoundAsync(string query) =>
        [.. (await _client.Get(Audit + query)).MustBe(HttpStatusCode.OK).Data.Select(Id)];
}
