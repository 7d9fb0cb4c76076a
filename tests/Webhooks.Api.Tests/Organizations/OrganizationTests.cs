using System.Net;
using System.Text.Json;
using Webhooks.Api.Authentication;
using Webhooks.Api.Tests.Hosting;
using Webhooks.Testing;

namespace Webhooks.Api.Tests.Organizations;

public sealed class OrganizationTests(SharedApi api) : IDisposable
{
    private const string Organizations = "/api/v1/organizations";

    private readonly Guid _org = Guid.NewGuid();
    private readonly HttpClient _admin = api.Server.WithToken(
        api.Server.Key.CreateToken(orgId: null, [Scopes.Admin], TimeSpan.FromMinutes(10)));

    private string Organization => $"{Organizations}/{_org}";

    public void Dispose() => _admin.Dispose();

    [Fact]
    public async Task An_organization_is_shown_with_its_name_its_limits_and_what_it_has()
    {
        using var client = api.Server.For(_org);
        (await _admin.Get(Organization)).MustBeProblem(HttpStatusCode.NotFound, "not-found");
        await client.CreateWebhookAsync();
        await client.CreateWebhookAsync(active: false);
        var deleted = await client.CreateWebhookAsync();
        (await client.Delete($"{Calls.Webhooks}/{deleted}")).MustBe(HttpStatusCode.NoContent);
        await client.PublishAsync();
        await client.PublishAsync();

        var changed = (await _admin.Patch(Organization, """{"name":"Example Ltd","max_webhooks":5}""")).MustBe(HttpStatusCode.OK);

        var shown = (await _admin.Get(Organization)).MustBe(HttpStatusCode.OK);
        Assert.Equal(changed.Text, shown.Text);
        Assert.Equal((_org, "Example Ltd", 5), (shown["id"].GetGuid(), shown["name"].GetString(), shown["max_webhooks"].GetInt32()));
        Assert.Equal(
            (2, 1, 2),
            (shown["webhooks"].GetInt32(), shown["active_webhooks"].GetInt32(), shown["pending_deliveries"].GetInt32()));
        Assert.Equal(JsonValueKind.Null, shown["erasure"].ValueKind);
        var cleared = (await _admin.Patch(Organization, """{"name":null,"max_webhooks":null}""")).MustBe(HttpStatusCode.OK);
        Assert.Equal((JsonValueKind.Null, JsonValueKind.Null), (cleared["name"].ValueKind, cleared["max_webhooks"].ValueKind));
    }

    [Fact]
    public async Task Organizations_are_listed_in_pages_and_found_by_a_part_of_their_names()
    {
        var name = Guid.NewGuid().ToString("N");
        var ids = Enumerable.Range(0, 3).Select(_ => Guid.NewGuid()).ToArray();
        foreach (var id in ids)
        {
            (await _admin.Patch($"{Organizations}/{id}", $$"""{"name":"The {{name}} Company"}""")).MustBe(HttpStatusCode.OK);
        }

        var found = new List<Guid>();
        string? cursor = null;
        do
        {
            var page = (await _admin.Get($"{Organizations}?name={name[3..].ToUpperInvariant()}&limit=2&cursor={cursor}")).MustBe(
                HttpStatusCode.OK);
            Assert.InRange(page.Data.Count, 1, 2);
            found.AddRange(page.Data.Select(organization => organization.GetProperty("id").GetGuid()));
            cursor = page["next_cursor"].GetString();
        }
        while (cursor is not null);

        Assert.Equal(ids.OrderByDescending(id => id.ToString(), StringComparer.Ordinal), found);
        Assert.Empty((await _admin.Get($"{Organizations}?name=no-{name}")).Data);
    }

    [Fact]
    public async Task An_organizations_own_limit_of_webhooks_holds_whether_it_is_lower_or_higher_and_however_many_come_at_once()
    {
        using var client = api.Server.For(_org);
        (await _admin.Patch(Organization, """{"max_webhooks":3}""")).MustBe(HttpStatusCode.OK);

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(
            _ => client.Post(Calls.Webhooks, """{"url":"http://127.0.0.1:9000/","events":["*"]}""")));

        Assert.Equal(3, answers.Count(answer => answer.Status == HttpStatusCode.Created));
        Assert.All(answers.Where(answer => answer.Status != HttpStatusCode.Created), answer => Assert.Contains(
            "may have 3 webhooks",
            answer.MustBeProblem(HttpStatusCode.Conflict, "too-many-webhooks")["detail"].GetString(),
            StringComparison.Ordinal));
        var more = SharedApi.Limits.WebhooksPerOrganization + 1;
        (await _admin.Patch(Organization, $$"""{"max_webhooks":{{more}}}""")).MustBe(HttpStatusCode.OK);
        foreach (var _ in Enumerable.Range(3, more - 3))
        {
            await client.CreateWebhookAsync();
        }

        (await client.Post(Calls.Webhooks, """{"url":"http://127.0.0.1:9000/","events":["*"]}""")).MustBeProblem(
            HttpStatusCode.Conflict, "too-many-webhooks");
        (await _admin.Patch(Organization, """{"max_webhooks":0}""")).MustBe(HttpStatusCode.OK);
        Assert.Equal(more, (await _admin.Get(Organization))["webhooks"].GetInt32());
    }

    [Fact]
    public async Task Changes_of_an_organization_are_told_in_its_audit()
    {
        (await _admin.Patch(Organization, """{"name":"Example Ltd","max_webhooks":5}""")).MustBe(HttpStatusCode.OK);
        (await _admin.Patch(Organization, """{"max_webhooks":6,"name":"Example Ltd"}""")).MustBe(HttpStatusCode.OK);
        (await _admin.Patch(Organization, """{"max_webhooks":6}""")).MustBe(HttpStatusCode.OK);
        using var client = api.Server.For(_org);

        var entries = (await client.Get("/api/v1/audit")).Data;

        Assert.Equal(["organization.updated", "organization.updated"], entries.Select(entry => entry.GetProperty("action").GetString()));
        Assert.Equal("""[{"field":"max_webhooks","before":5,"after":6}]""", entries[0].GetProperty("changes").GetRawText());
    }

    [Fact]
    public async Task A_small_organization_is_erased_at_once_and_the_answer_is_the_report()
    {
        using var client = api.Server.For(_org);
        var webhook = await client.CreateWebhookAsync();
        await client.PublishAsync();
        (await _admin.Patch(Organization, """{"name":"Ada Lovelace"}""")).MustBe(HttpStatusCode.OK);

        var answer = await _admin.Delete(Organization);

        // Other tests' transactions may be under way for a while; then it goes on.
        await Eventually.HoldsAsync(
            async () =>
            {
                answer = await _admin.Delete(Organization);
                return answer.Status == HttpStatusCode.OK;
            },
            () => answer.Text,
            TestContext.Current.CancellationToken);
        var erasure = answer["erasure"];
        Assert.Equal("finished", erasure.GetProperty("state").GetString());
        Assert.Equal(1, erasure.GetProperty("rows").GetProperty("webhooks").GetInt64());
        Assert.Equal(1, erasure.GetProperty("rows").GetProperty("webhook_deliveries").GetInt64());
        Assert.Equal("user", erasure.GetProperty("requested_by").GetString());
        Assert.Equal(answer.Text, (await _admin.Get(Organization)).Text);
        Assert.Equal(JsonValueKind.Null, answer["name"].ValueKind);
        (await client.Get($"{Calls.Webhooks}/{webhook}")).MustBeProblem(HttpStatusCode.NotFound, "not-found");
        Assert.Empty((await client.Get("/api/v1/audit")).Data);
        Assert.Empty((await client.Get("/api/v1/deliveries")).Data);
    }

    [Fact]
    public async Task Nothing_is_published_made_or_changed_for_an_organization_that_is_erased()
    {
        Assert.Contains(
            (await _admin.Delete(Organization)).Status, (HttpStatusCode[])[HttpStatusCode.OK, HttpStatusCode.Accepted]);
        using var client = api.Server.For(_org);
        using var any = api.Server.WithToken(
            api.Server.Key.CreateToken(orgId: null, [Scopes.PublishEventsForAny], TimeSpan.FromMinutes(10)));
        var other = Guid.NewGuid();
        using var others = api.Server.For(other);
        await others.CreateWebhookAsync();

        const string Event = """{"event":"user.created","data":{}}""";
        (await client.Post("/api/v1/events", Event)).MustBeProblem(HttpStatusCode.Conflict, "organization-erased");
        (await client.Post("/api/v1/events", Event)).MustBeProblem(HttpStatusCode.Conflict, "organization-erased");
        (await client.Post(Calls.Webhooks, """{"url":"http://127.0.0.1:9000/","events":["*"]}""")).MustBeProblem(
            HttpStatusCode.Conflict, "organization-erased");
        (await _admin.Patch(Organization, """{"name":"again"}""")).MustBeProblem(HttpStatusCode.Conflict, "organization-erased");
        var both = await any.Post("/api/v1/events", $$"""
            [{"org_id":"{{other}}","event":"user.created","data":{} },{"org_id":"{{_org}}","event":"user.created","data":{} }]
            """);
        Assert.Contains(
            _org.ToString(),
            both.MustBeProblem(HttpStatusCode.Conflict, "organization-erased")["detail"].GetString(),
            StringComparison.Ordinal);
        Assert.Empty((await others.Get("/api/v1/deliveries")).Data);
        await others.PublishAsync();
    }

    [Theory]
    [InlineData("""{"max_webhooks":-1}""", "max_webhooks")]
    [InlineData("""{"max_webhooks":"many"}""", "max_webhooks")]
    [InlineData("""{"name":7}""", "name")]
    [InlineData("""{"name":"a\u0000b"}""", "name")]
    [InlineData("""{"webhooks":7}""", "webhooks")]
    [InlineData("""{"frame_ancestors":"https://app.example.com"}""", "frame_ancestors")]
    [InlineData("""{"frame_ancestors":["*"]}""", "frame_ancestors[0]")]
    [InlineData("""{"frame_ancestors":["https://app.example.com","https://app.example.com/"]}""", "frame_ancestors[1]")]
    [InlineData("""{"frame_ancestors":["https://*.example.com"]}""", "frame_ancestors[0]")]
    [InlineData("""{"frame_ancestors":["https://a.example.com;script-src *"]}""", "frame_ancestors[0]")]
    [InlineData("""{"frame_ancestors":["https://a.example.com https://b.example.com"]}""", "frame_ancestors[0]")]
    [InlineData("""{"frame_ancestors":["javascript:alert(1)"]}""", "frame_ancestors[0]")]
    [InlineData("""{"frame_ancestors":["https://user@example.com"]}""", "frame_ancestors[0]")]
    [InlineData("""{"refresh_url":"javascript:alert(1)"}""", "refresh_url")]
    [InlineData("""{"refresh_url":"/webhooks"}""", "refresh_url")]
    [InlineData("""{"refresh_url":7}""", "refresh_url")]
    public async Task A_change_that_is_not_understood_is_refused(string body, string field) =>
        (await _admin.Patch(Organization, body)).MustRefuse(field);

    [Theory]
    [InlineData("?names=x", "names")]
    [InlineData("?limit=101", "limit")]
    [InlineData("?name=%00", "name")]
    public async Task A_question_that_is_not_understood_is_refused(string query, string field) =>
        (await _admin.Get(Organizations + query)).MustRefuse(field);

    [Fact]
    public async Task An_organization_says_where_its_portal_may_be_shown_and_where_to_get_another_session()
    {
        const string Settings = """
            {"frame_ancestors":["https://app.example.com","http://localhost:3000"],"refresh_url":"https://app.example.com/webhooks"}
            """;

        var changed = (await _admin.Patch(Organization, Settings)).MustBe(HttpStatusCode.OK);
        (await _admin.Patch(Organization, """{"name":"Example Ltd"}""")).MustBe(HttpStatusCode.OK);

        Assert.Equal("""["https://app.example.com","http://localhost:3000"]""", changed["frame_ancestors"].GetRawText());
        var shown = await _admin.Get(Organization);
        Assert.Equal(changed["frame_ancestors"].GetRawText(), shown["frame_ancestors"].GetRawText());
        Assert.Equal("https://app.example.com/webhooks", shown["refresh_url"].GetString());
        var cleared = (await _admin.Patch(Organization, """{"frame_ancestors":[],"refresh_url":null}""")).MustBe(HttpStatusCode.OK);
        Assert.Equal(("[]", JsonValueKind.Null), (cleared["frame_ancestors"].GetRawText(), cleared["refresh_url"].ValueKind));
        (await _admin.Patch(Organization, Settings)).MustBe(HttpStatusCode.OK);
        var erased = (await _admin.Delete(Organization)).MustBe(HttpStatusCode.OK);
        Assert.Equal(("[]", JsonValueKind.Null), (erased["frame_ancestors"].GetRawText(), erased["refresh_url"].ValueKind));
    }

    [Fact]
    public async Task What_is_no_organizations_id_is_not_found()
    {
        foreach (var id in (string[])["x", Guid.Empty.ToString()])
        {
            (await _admin.Get($"{Organizations}/{id}")).MustBeProblem(HttpStatusCode.NotFound, "not-found");
            (await _admin.Patch($"{Organizations}/{id}", "{}")).MustBeProblem(HttpStatusCode.NotFound, "not-found");
            (await _admin.Delete($"{Organizations}/{id}")).MustBeProblem(HttpStatusCode.NotFound, "not-found");
        }
    }

    [Fact]
    public async Task Who_is_no_operator_sees_and_changes_no_organization_not_even_the_own_one()
    {
        using var client = api.Server.For(_org);
        foreach (var (method, path) in ((HttpMethod, string)[])
            [
                (HttpMethod.Get, Organizations), (HttpMethod.Get, Organization), (HttpMethod.Patch, Organization),
                (HttpMethod.Delete, Organization),
            ])
        {
            (await client.CallAsync(method, path, method == HttpMethod.Patch ? "{}" : null)).MustBeProblem(
                HttpStatusCode.Forbidden, "forbidden");
        }
    }
}
