using System.Net;
using System.Text;
using System.Text.Json;
using Webhooks.Api.Tests.Hosting;

namespace Webhooks.Api.Tests.Webhooks;

public sealed class CreateWebhookTests(SharedApi api)
{
    [Fact]
    public async Task The_answer_shows_the_webhook_its_secret_and_its_location()
    {
        var organization = Guid.NewGuid();
        using var client = api.Server.For(organization);
        var before = DateTimeOffset.UtcNow.AddMinutes(-1);

        var created = await client.Post(
            Calls.Webhooks,
            """
            {"url":"http://127.0.0.1:9000/hook","events":["user.created","subscription.created"],"description":"My webhook","active":true}
            """);

        created.MustBe(HttpStatusCode.Created);
        Assert.Equal(
            [
                "active", "created_at", "description", "disabled_at", "disabled_reason", "events", "filter", "headers", "health", "id",
                "keep_skipped", "metadata", "mode", "org_id", "payload_format", "previous_secret_expires_at", "retry_delays",
                "secret", "secret_hint", "timeout_seconds", "transform",
                "updated_at", "url",
            ],
            created.Json.EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal));
        Assert.Equal(organization, created["org_id"].GetGuid());
        Assert.Equal("http://127.0.0.1:9000/hook", created["url"].GetString());
        Assert.Equal("""["user.created","subscription.created"]""", created["events"].GetRawText());
        Assert.Equal("My webhook", created["description"].GetString());
        Assert.True(created["active"].GetBoolean());
        Assert.StartsWith("whsec_", created["secret"].GetString(), StringComparison.Ordinal);
        Assert.EndsWith("Z", created["created_at"].GetString(), StringComparison.Ordinal);
        Assert.InRange(created["created_at"].GetDateTimeOffset(), before, before.AddMinutes(5));
        Assert.Equal("application/json", created.MediaType);

        var location = created.Headers.Location!.ToString();
        Assert.Equal($"/api/v1/webhooks/{created["id"].GetString()}", location);
        (await client.Get(location)).MustBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_secret_is_kept_from_caches_and_never_shown_again()
    {
        using var client = api.Server.ForNewOrganization();

        var created = await client.Post(Calls.Webhooks, """{"url":"http://127.0.0.1:9000","events":["*"]}""");

        var secret = created["secret"].GetString()!;
        Assert.True(created.Headers.CacheControl!.NoStore);
        var path = $"{Calls.Webhooks}/{created["id"].GetString()}";
        Answer[] others = [await client.Get(path), await client.Get(Calls.Webhooks), await client.Patch(path, """{"active":false}""")];
        Assert.All(others, answer =>
        {
            answer.MustBe(HttpStatusCode.OK);
            Assert.DoesNotContain(secret, answer.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("\"secret\"", answer.Text, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task A_webhook_is_active_and_has_no_description_unless_said_otherwise()
    {
        using var client = api.Server.ForNewOrganization();

        var created = await client.Post(Calls.Webhooks, """{"url":"http://127.0.0.1:9000","events":["*"]}""");
        var inactive = await client.Post(
            Calls.Webhooks, """{"url":"http://127.0.0.1:9000","events":["*"],"active":false,"description":null}""");

        Assert.True(created["active"].GetBoolean());
        Assert.Equal(JsonValueKind.Null, created["description"].ValueKind);
        Assert.False(inactive["active"].GetBoolean());
        Assert.Equal(JsonValueKind.Null, inactive["description"].ValueKind);
    }

    [Fact]
    public async Task Event_types_that_are_named_twice_are_kept_once()
    {
        using var client = api.Server.ForNewOrganization();

        var created = await client.Post(Calls.Webhooks, """{"url":"http://127.0.0.1:9000","events":["user.created","*","user.created"]}""");

        Assert.Equal("""["user.created","*"]""", created["events"].GetRawText());
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("text/plain; charset=iso-8859-1")]
    [InlineData("multipart/form-data")]
    [InlineData(null)]
    public async Task Json_is_accepted_under_any_content_type(string? contentType)
    {
        using var client = api.Server.ForNewOrganization();
        var json = Encoding.UTF8.GetBytes("""{"url":"http://127.0.0.1:9000/all","events":["*"],"description":"für alle"}""");

        var created = await client.CallAsync(HttpMethod.Post, Calls.Webhooks, Calls.Content(json, contentType));

        created.MustBe(HttpStatusCode.Created);
        Assert.Equal("für alle", created["description"].GetString());
    }

    [Fact]
    public async Task Everything_that_is_wrong_is_told_at_once_by_field()
    {
        using var client = api.Server.ForNewOrganization();

        var refused = await client.Post(
            Calls.Webhooks,
            """{"url":17,"events":["user.creatd",3,null],"description":{"a":1},"active":"yes","urls":"x"}""");

        refused.MustRefuse("url", "events[0]", "events[1]", "events[2]", "description", "active", "urls");
        Assert.Contains("user.created", refused.Errors("events[0]").Single(), StringComparison.Ordinal);
        Assert.Contains("string", refused.Errors("events[1]").Single(), StringComparison.Ordinal);
        Assert.Contains("null", refused.Errors("events[2]").Single(), StringComparison.Ordinal);
        Assert.Contains("true or false", refused.Errors("active").Single(), StringComparison.Ordinal);
        Assert.Contains("url, events, active, description", refused.Errors("urls").Single(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("usr.*", "user.*")]
    [InlineData("subscriptions.*", "subscription.*")]
    [InlineData("user*", "user.*")]
    [InlineData("zzzzzzzz.*", "events/available")]
    [InlineData("*.created", "at the end")]
    [InlineData("user.**", "user.*")]
    [InlineData("**", "events/available")]
    [InlineData("webhook.*", "by their names")]
    [InlineData("recovery.*", "by their names")]
    public async Task A_wildcard_that_stands_for_nothing_is_refused_with_what_was_perhaps_meant(string listed, string advice)
    {
        using var client = api.Server.ForNewOrganization();

        var refused = await client.Post(Calls.Webhooks, $$"""{"url":"https://example.com/","events":["{{listed}}"]}""");

        refused.MustRefuse("events[0]");
        Assert.Contains(advice, refused.Errors("events[0]").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_webhook_for_events_of_a_kind_is_found_by_each_of_them_and_tested_with_the_first()
    {
        using var client = api.Server.ForNewOrganization();
        var created = (await client.Post(Calls.Webhooks, """{"url":"http://127.0.0.1:9000/","events":["payment.*"]}""")).MustBe(
            HttpStatusCode.Created);

        var tested = (await client.Post($"{Calls.Webhooks}/{created["id"]}/test", "{}")).MustBe(HttpStatusCode.OK);

        Assert.Equal("payment.succeeded", tested["event"].GetString());
        Assert.Single((await client.Get($"{Calls.Webhooks}?event=payment.refunded")).Data);
        Assert.Empty((await client.Get($"{Calls.Webhooks}?event=user.created")).Data);
    }

    [Fact]
    public async Task Fields_that_are_needed_are_named_when_they_are_missing()
    {
        using var client = api.Server.ForNewOrganization();

        (await client.Post(Calls.Webhooks, "{}")).MustRefuse("url", "events");
    }

    [Theory]
    [InlineData("""{"url":null,"events":["*"]}""", "url")]
    [InlineData("""{"url":"/relative","events":["*"]}""", "url")]
    [InlineData("""{"url":"ftp://example.com/","events":["*"]}""", "url")]
    [InlineData("""{"url":"https://user:password@example.com/","events":["*"]}""", "url")]
    [InlineData("""{"url":"https://example.com/\u0000","events":["*"]}""", "url")]
    [InlineData("""{"url":"https://10.0.0.1/","events":["*"]}""", "url")]
    [InlineData("""{"url":"https://example.com/","events":[]}""", "events")]
    [InlineData("""{"url":"https://example.com/","events":null}""", "events")]
    [InlineData("""{"url":"https://example.com/","events":"*"}""", "events")]
    [InlineData("""{"url":"https://example.com/","events":["usr.*"]}""", "events[0]")]
    [InlineData("""{"url":"https://example.com/","events":["*"],"active":null}""", "active")]
    [InlineData("""{"url":"https://example.com/","events":["*"],"description":"a\u0000b"}""", "description")]
    [InlineData("""{"url":"https://example.com/","events":["*"],"secret":"mine"}""", "secret")]
    [InlineData("""{"url":"https://example.com/","url":"https://example.com/","events":["*"]}""", "url")]
    public async Task A_field_that_cannot_be_used_is_refused(string json, string field)
    {
        using var client = api.Server.ForNewOrganization();

        var refused = await client.Post(Calls.Webhooks, json);

        refused.MustRefuse(field);
        Assert.NotEmpty(refused.Errors(field));
    }

    [Fact]
    public async Task Url_events_and_description_are_bounded_and_the_limit_is_named()
    {
        using var client = api.Server.ForNewOrganization();
        var limits = SharedApi.Limits;
        var json = JsonSerializer.Serialize(new
        {
            url = "https://example.com/" + new string('a', limits.UrlLength),
            events = Enumerable.Repeat("*", limits.EventsPerWebhook + 1),
            description = new string('d', limits.DescriptionLength + 1),
        });

        var refused = await client.Post(Calls.Webhooks, json);

        refused.MustRefuse("url", "events", "description");
        Assert.Contains($"{limits.UrlLength}", refused.Errors("url").Single(), StringComparison.Ordinal);
        Assert.Contains($"{limits.EventsPerWebhook}", refused.Errors("events").Single(), StringComparison.Ordinal);
        Assert.Contains($"{limits.DescriptionLength}", refused.Errors("description").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_description_is_measured_in_characters()
    {
        using var client = api.Server.ForNewOrganization();
        var description = string.Concat(Enumerable.Repeat("\U0001F680", SharedApi.Limits.DescriptionLength));

        var created = await client.Post(
            Calls.Webhooks, JsonSerializer.Serialize(new { url = "https://example.com/", events = new[] { "*" }, description }));

        Assert.Equal(description, created.MustBe(HttpStatusCode.Created)["description"].GetString());
    }

    [Fact]
    public async Task An_organization_that_has_as_many_webhooks_as_it_may_have_gets_409_with_the_limit()
    {
        using var client = api.Server.ForNewOrganization();
        using var other = api.Server.ForNewOrganization();
        for (var number = 0; number < SharedApi.Limits.WebhooksPerOrganization; number++)
        {
            await client.CreateWebhookAsync();
        }

        var refused = await client.Post(Calls.Webhooks, """{"url":"http://127.0.0.1:9000","events":["*"]}""");

        refused.MustBeProblem(HttpStatusCode.Conflict, "too-many-webhooks");
        Assert.Contains($"{SharedApi.Limits.WebhooksPerOrganization}", refused["detail"].GetString(), StringComparison.Ordinal);
        await other.CreateWebhookAsync();
    }
}
