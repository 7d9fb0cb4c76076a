using System.Net;
using System.Text.Json;
using Npgsql;
using Webhooks.Api.Authentication;
using Webhooks.Api.Tests.Authentication;
using Webhooks.Api.Tests.Hosting;
using Webhooks.Core.Credentials;
using Webhooks.Core.PortalSessions;
using Webhooks.Testing;

namespace Webhooks.Api.Tests.Portal;

public sealed class PortalSessionTests(SharedApi api)
{
    private const string Sessions = "/api/v1/portal/sessions";
    private const string Access = "/api/v1/portal/session";

    private readonly Guid _org = Guid.NewGuid();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_link_is_shown_once_and_has_its_token_in_the_fragment_alone()
    {
        using var owner = api.Server.For(_org);
        var before = DateTime.UtcNow;

        var made = await MakeAsync(owner);

        var id = made["id"].GetGuid();
        Assert.Equal($"{Sessions}/{id}", made.Headers.Location!.ToString());
        Assert.Matches(
            $"^{api.Server.Url.GetLeftPart(UriPartial.Authority)}/portal/\\?session={id}#token=whs_[0-9A-Za-z]{{61}}$",
            made["url"].GetString()!);
        Assert.InRange(made["expires_at"].GetDateTime() - before, TimeSpan.FromMinutes(59), TimeSpan.FromMinutes(61));
        var listed = Assert.Single((await owner.Get(Sessions)).Data);
        Assert.False(listed.TryGetProperty("url", out _));
        Assert.Equal((id, false), (listed.GetProperty("id").GetGuid(), listed.GetProperty("read_only").GetBoolean()));
        Assert.Equal(JsonValueKind.Null, listed.GetProperty("revoked_at").ValueKind);
        Assert.Equal("user", listed.GetProperty("created_by").GetProperty("kind").GetString());
    }

    [Fact]
    public async Task Nothing_that_is_stored_or_logged_tells_the_token()
    {
        using var owner = api.Server.For(_org);
        var token = TokenOf(await MakeAsync(owner));
        using var session = api.Server.WithToken(token);
        (await session.Get(Calls.Webhooks)).MustBe(HttpStatusCode.OK);

        await using var command = api.Database.DataSource.CreateCommand(
            "SELECT to_jsonb(portal_sessions)::text, hash FROM portal_sessions WHERE org_id = @org_id");
        command.Parameters.AddWithValue("org_id", _org);
        await using var reader = await command.ExecuteReaderAsync(Cancel);
        await reader.ReadAsync(Cancel);

        Assert.DoesNotContain(token[26..59], reader.GetString(0), StringComparison.Ordinal);
        Assert.Equal(CredentialText.Hash(token), reader.GetFieldValue<byte[]>(1));
        Assert.DoesNotContain(api.Server.Logs.Lines, line => line.Text.Contains(token[26..46], StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_session_reads_and_writes_webhooks_until_it_is_revoked()
    {
        using var owner = api.Server.For(_org);
        var made = await MakeAsync(owner);
        using var session = With(made);
        var webhook = await session.CreateWebhookAsync();
        Assert.Single((await session.Get(Calls.Webhooks)).MustBe(HttpStatusCode.OK).Data);

        (await owner.Delete($"{Sessions}/{made["id"].GetGuid()}")).MustBe(HttpStatusCode.NoContent);

        var refused = await session.Get(Calls.Webhooks);
        refused.MustBeProblem(HttpStatusCode.Unauthorized, "unauthenticated");
        Assert.Contains("portal session", refused["detail"].GetString(), StringComparison.Ordinal);
        (await owner.Get($"{Calls.Webhooks}/{webhook}")).MustBe(HttpStatusCode.OK);
        Assert.NotEqual(JsonValueKind.Null, (await owner.Get(Sessions)).Data[0].GetProperty("revoked_at").ValueKind);
        (await owner.Delete($"{Sessions}/{made["id"].GetGuid()}")).MustBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task The_audit_tells_of_a_session_and_of_what_it_changed()
    {
        using var owner = api.Server.For(_org);
        var made = await MakeAsync(owner);
        var id = made["id"].GetGuid();
        using var session = With(made);
        await session.CreateWebhookAsync();
        (await owner.Delete($"{Sessions}/{id}")).MustBe(HttpStatusCode.NoContent);
        (await owner.Delete($"{Sessions}/{id}")).MustBe(HttpStatusCode.NoContent);

        var entries = (await owner.Get("/api/v1/audit")).Data;

        Assert.Equal(
            ["portal_session.revoked", "webhook.created", "portal_session.created"],
            entries.Select(entry => entry.GetProperty("action").GetString()));
        var actor = entries[1].GetProperty("actor");
        Assert.Equal(("session", id), (actor.GetProperty("kind").GetString()!, actor.GetProperty("id").GetGuid()));
        Assert.Equal(id, entries[0].GetProperty("resource").GetProperty("id").GetGuid());
        Assert.Single((await owner.Get($"/api/v1/audit?actor={id}")).Data);
        Assert.Equal(2, (await owner.Get("/api/v1/audit?action=portal_session.created")).Data.Count
            + (await owner.Get("/api/v1/audit?action=portal_session.revoked")).Data.Count);
    }

    [Fact]
    public async Task A_read_only_session_changes_nothing()
    {
        using var owner = api.Server.For(_org);
        var webhook = $"{Calls.Webhooks}/{await owner.CreateWebhookAsync()}";
        using var session = With(await MakeAsync(owner, """{"read_only":true}"""));

        (await session.Get(webhook)).MustBe(HttpStatusCode.OK);
        (await session.Patch(webhook, """{"active":false}""")).MustBeProblem(HttpStatusCode.Forbidden, "forbidden");
        (await session.Delete(webhook)).MustBeProblem(HttpStatusCode.Forbidden, "forbidden");
        (await session.Post(Calls.Webhooks, "{}")).MustBeProblem(HttpStatusCode.Forbidden, "forbidden");
        (await session.Post($"{webhook}/test")).MustBeProblem(HttpStatusCode.Forbidden, "forbidden");
    }

    [Fact]
    public async Task A_session_publishes_nothing_and_makes_and_ends_no_credentials()
    {
        using var owner = api.Server.For(_org);
        var made = await MakeAsync(owner);
        using var session = With(made);
        var key = (await owner.Post("/api/v1/api-keys", """{"name":"k","scopes":["webhooks:read"]}"""))["id"].GetGuid();

        Answer[] answers =
        [
            await session.Post("/api/v1/events", """{"event":"user.created","data":{}}"""),
            await session.Post("/api/v1/api-keys", """{"name":"k","scopes":["webhooks:read"]}"""),
            await session.Delete($"/api/v1/api-keys/{key}"),
            await session.Post(Sessions),
            await session.Delete($"{Sessions}/{made["id"].GetGuid()}"),
            await session.Get("/api/v1/organizations"),
        ];

        Assert.All(answers, answer => answer.MustBeProblem(HttpStatusCode.Forbidden, "forbidden"));
        Assert.Single((await session.Get("/api/v1/api-keys")).MustBe(HttpStatusCode.OK).Data);
        Assert.Single((await session.Get(Sessions)).MustBe(HttpStatusCode.OK).Data);
    }

    [Theory]
    [InlineData("webhooks:write")]
    [InlineData("webhooks:write events:publish")]
    public async Task A_session_is_never_wider_than_its_maker(string scopes)
    {
        using var maker = api.Server.For(_org, scopes.Split(' '));

        var refused = await maker.Post(Sessions);

        refused.MustBeProblem(HttpStatusCode.Forbidden, "forbidden");
        Assert.Contains("webhooks:read", refused["detail"].GetString(), StringComparison.Ordinal);
        using var owner = api.Server.For(_org);
        Assert.Empty((await owner.Get(Sessions)).Data);
    }

    [Fact]
    public async Task A_session_ends_with_the_key_that_made_it()
    {
        using var owner = api.Server.For(_org);
        var end = DateTime.UtcNow.AddMinutes(10);
        var key = await owner.Post(
            "/api/v1/api-keys",
            $$"""{"name":"k","scopes":["webhooks:read","webhooks:write"],"expires_at":"{{end:yyyy-MM-ddTHH:mm:ssZ}}"}""");
        using var program = api.Server.WithToken(key["key"].GetString()!);
        var made = await MakeAsync(program);
        using var session = With(made);
        (await session.Get(Calls.Webhooks)).MustBe(HttpStatusCode.OK);
        Assert.True(made["expires_at"].GetDateTime() <= end);

        (await owner.Delete($"/api/v1/api-keys/{key["id"].GetGuid()}")).MustBe(HttpStatusCode.NoContent);

        await Eventually.HoldsAsync(
            async () => (await session.Get(Calls.Webhooks)).Status == HttpStatusCode.Unauthorized, () => "it is accepted", Cancel);
        Assert.Equal(
            ["api_key.revoked", "portal_session.revoked"],
            (await owner.Get("/api/v1/audit?limit=2")).Data.Select(entry => entry.GetProperty("action").GetString())
                .Order(StringComparer.Ordinal));
        Assert.NotEqual(JsonValueKind.Null, (await owner.Get(Sessions)).Data[0].GetProperty("revoked_at").ValueKind);
    }

    [Fact]
    public async Task A_session_that_has_expired_says_so()
    {
        using var owner = api.Server.For(_org);
        using var session = With(await MakeAsync(owner, """{"expires_in_seconds":60}"""));
        await ExecuteAsync("UPDATE portal_sessions SET expires_at = now() - interval '1 second' WHERE org_id = $1");

        var refused = await session.Get(Calls.Webhooks);

        refused.MustBeProblem(HttpStatusCode.Unauthorized, "unauthenticated");
        Assert.Equal("The portal session has expired.", refused["detail"].GetString());
    }

    [Theory]
    [InlineData("""{"expires_in_seconds":59}""", "expires_in_seconds")]
    [InlineData("""{"expires_in_seconds":604801}""", "expires_in_seconds")]
    [InlineData("""{"expires_in_seconds":"1h"}""", "expires_in_seconds")]
    [InlineData("""{"webhook_id":"hook"}""", "webhook_id")]
    [InlineData("""{"webhook_id":7}""", "webhook_id")]
    [InlineData("""{"read_only":"yes"}""", "read_only")]
    [InlineData("""{"readonly":true}""", "readonly")]
    public async Task A_session_that_is_not_understood_is_refused(string body, string field)
    {
        using var owner = api.Server.For(_org);

        (await owner.Post(Sessions, body)).MustRefuse(field);
    }

    [Theory]
    [InlineData("""{"expires_in_seconds":60}""", 60)]
    [InlineData("""{"expires_in_seconds":604800,"webhook_id":null}""", 604800)]
    public async Task A_session_lasts_from_a_minute_to_seven_days(string body, int seconds)
    {
        using var owner = api.Server.For(_org);

        var made = await MakeAsync(owner, body);

        Assert.Equal(
            TimeSpan.FromSeconds(seconds), made["expires_at"].GetDateTime() - made["created_at"].GetDateTime());
    }

    [Fact]
    public async Task A_session_for_a_webhook_that_the_organization_does_not_have_is_not_made()
    {
        using var owner = api.Server.For(_org);
        using var other = api.Server.ForNewOrganization();
        var deleted = await owner.CreateWebhookAsync();
        await owner.Delete($"{Calls.Webhooks}/{deleted}");

        foreach (var id in (Guid[])[Guid.NewGuid(), await other.CreateWebhookAsync(), deleted])
        {
            (await owner.Post(Sessions, $$"""{"webhook_id":"{{id}}"}""")).MustBeProblem(HttpStatusCode.NotFound, "not-found");
        }

        Assert.Empty((await owner.Get(Sessions)).Data);
    }

    [Fact]
    public async Task An_organization_has_so_many_sessions_at_once_and_those_that_have_ended_do_not_count()
    {
        using var owner = api.Server.For(_org);
        await MakeAsync(owner);
        await ExecuteAsync($"""
            INSERT INTO portal_sessions (id, org_id, read_only, hash, expires_at)
            SELECT gen_random_uuid(), $1, true, decode(repeat('00', 32), 'hex'), now() + interval '1 day'
            FROM generate_series(2, {PortalSessionStore.MostOfOrganization})
            """);

        (await owner.Post(Sessions)).MustBeProblem(HttpStatusCode.Conflict, "too-many-portal-sessions");

        await ExecuteAsync("UPDATE portal_sessions SET expires_at = now() - interval '40 days' WHERE org_id = $1");
        await MakeAsync(owner);
        await using var command = api.Database.DataSource.CreateCommand("SELECT count(*) FROM portal_sessions WHERE org_id = $1");
        command.Parameters.Add(new NpgsqlParameter { Value = _org });
        Assert.Equal(PortalSessionStore.MostOfOrganization - 99L, await command.ExecuteScalarAsync(Cancel));
        Assert.Empty((await owner.Get("/api/v1/audit?action=portal_session.revoked")).Data);
    }

    [Fact]
    public async Task Sessions_are_listed_in_pages()
    {
        using var owner = api.Server.For(_org);
        var made = new List<Guid>();
        for (var number = 0; number < 3; number++)
        {
            made.Insert(0, (await MakeAsync(owner))["id"].GetGuid());
        }

        var first = await owner.Get($"{Sessions}?limit=2");
        var second = await owner.Get($"{Sessions}?limit=2&cursor={first["next_cursor"].GetString()}");

        Assert.Equal(made, first.Data.Concat(second.Data).Select(session => session.GetProperty("id").GetGuid()));
        Assert.Equal(JsonValueKind.Null, second["next_cursor"].ValueKind);
    }

    [Fact]
    public async Task A_session_is_made_for_no_organization_that_is_erased()
    {
        using var owner = api.Server.For(_org);
        using var admin = api.Server.ForNoOrganization(Scopes.Admin);
        await MakeAsync(owner);
        (await admin.Delete($"/api/v1/organizations/{_org}")).MustBe(HttpStatusCode.OK);

        (await owner.Post(Sessions)).MustBeProblem(HttpStatusCode.Conflict, "organization-erased");
    }

    [Fact]
    public async Task The_portal_is_told_what_its_token_may_do()
    {
        using var owner = api.Server.For(_org);
        using var admin = api.Server.ForNoOrganization(Scopes.Admin);
        (await admin.Patch($"/api/v1/organizations/{_org}", """{"name":"Example Ltd"}""")).MustBe(HttpStatusCode.OK);
        var webhook = await owner.CreateWebhookAsync();
        var made = await MakeAsync(owner, $$"""{"webhook_id":"{{webhook}}","read_only":true}""");
        using var session = With(made);
        var key = await owner.Post("/api/v1/api-keys", """{"name":"k","scopes":["webhooks:read","webhooks:write"]}""");
        using var program = api.Server.WithToken(key["key"].GetString()!);
        using var publisher = api.Server.For(_org, Scopes.PublishEvents);

        Assert.Equal(
            $$"""
            {"kind":"portal_session","org_id":"{{_org}}","organization_name":"Example Ltd","webhook_id":"{{webhook}}","read_only":true,
            "scopes":["webhooks:read"],"expires_at":"{{made["expires_at"].GetDateTime():yyyy-MM-ddTHH:mm:ssZ}}"}
            """.ReplaceLineEndings(""),
            (await session.Get(Access)).MustBe(HttpStatusCode.OK).Text);
        var ofKey = (await program.Get(Access)).MustBe(HttpStatusCode.OK);
        Assert.Equal(("api_key", false), (ofKey["kind"].GetString(), ofKey["read_only"].GetBoolean()));
        Assert.Equal(JsonValueKind.Null, ofKey["expires_at"].ValueKind);
        var ofToken = (await publisher.Get(Access)).MustBe(HttpStatusCode.OK);
        Assert.Equal(("token", true), (ofToken["kind"].GetString(), ofToken["read_only"].GetBoolean()));
        Assert.InRange(ofToken["expires_at"].GetDateTime(), DateTime.UtcNow, DateTime.UtcNow.AddMinutes(11));
        var ofOperator = (await admin.Get(Access)).MustBe(HttpStatusCode.OK);
        Assert.Equal(JsonValueKind.Null, ofOperator["org_id"].ValueKind);
        Assert.Equal("""["admin"]""", ofOperator["scopes"].GetRawText());
    }

    [Fact]
    public async Task A_token_of_the_authority_is_no_session_or_key_whatever_claims_it_has()
    {
        var (session, webhook, key) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        using var client = api.Server.WithToken(Tokens.Good(api.Server.Key, token =>
        {
            token.Claims["org_id"] = _org.ToString();
            token.Claims["sub"] = "somebody";
            token.Claims["portal_session"] = session.ToString();
            token.Claims["portal_webhook"] = webhook.ToString();
            token.Claims["api_key"] = key.ToString();
        }));

        await client.CreateWebhookAsync();

        var actor = (await client.Get("/api/v1/audit")).Data[0].GetProperty("actor");
        Assert.Equal(("user", "somebody"), (actor.GetProperty("kind").GetString(), actor.GetProperty("id").GetString()));
        Assert.Equal("token", (await client.Get(Access))["kind"].GetString());
    }

    [Theory]
    [InlineData("https", "hooks.example.com", "https://hooks.example.com")]
    [InlineData("http", "hooks.example.com:8080", "http://hooks.example.com:8080")]
    public async Task A_link_is_to_where_the_trusted_proxy_says_that_the_caller_is(string scheme, string host, string origin)
    {
        using var owner = api.Server.For(_org);
        owner.DefaultRequestHeaders.Add("X-Forwarded-Proto", scheme);
        owner.DefaultRequestHeaders.Add("X-Forwarded-Host", host);

        Assert.StartsWith($"{origin}/portal/?session=", (await MakeAsync(owner))["url"].GetString(), StringComparison.Ordinal);
    }

    private static async Task<Answer> MakeAsync(HttpClient maker, string? body = null) =>
        (await maker.Post(Sessions, body)).MustBe(HttpStatusCode.Created);

    private HttpClient With(Answer made) => api.Server.WithToken(TokenOf(made));

    private static string TokenOf(Answer made) => made["url"].GetString()!.Split("#token=")[1];

    private async Task ExecuteAsync(string sql)
    {
        await using var command = api.Database.DataSource.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter { Value = _org });
        await command.ExecuteNonQueryAsync(Cancel);
    }
}
