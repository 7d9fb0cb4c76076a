using System.Net;
using System.Text;
using System.Text.Json;
using Webhooks.Api.Authentication;
using Webhooks.Api.Tests.Hosting;

namespace Webhooks.Api.Tests.Events;

public sealed class PublishEventsTests(SharedApi api)
{
    private const string Path = "/api/v1/events";

    [Fact]
    public async Task An_event_is_accepted_for_the_organization_of_the_token()
    {
        var organization = Guid.NewGuid();
        using var client = api.Server.For(organization);
        await client.CreateWebhookAsync(events: "user.created");
        await client.CreateWebhookAsync(events: "*");
        await client.CreateWebhookAsync(events: "invoice.paid");

        var accepted = await client.Post(Path, """{"event":"user.created","data":{"id":"usr_1"}}""");

        accepted.MustBe(HttpStatusCode.Accepted);
        Assert.Equal(["id", "event", "org_id", "deliveries"], accepted.Json.EnumerateObject().Select(member => member.Name));
        Assert.NotEqual(Guid.Empty, accepted["id"].GetGuid());
        Assert.Equal("user.created", accepted["event"].GetString());
        Assert.Equal(organization, accepted["org_id"].GetGuid());
        Assert.Equal(2, accepted["deliveries"].GetInt32());
    }

    [Fact]
    public async Task An_array_is_answered_with_a_list_in_its_order()
    {
        using var client = api.Server.ForNewOrganization();
        await client.CreateWebhookAsync(events: "invoice.paid");

        var accepted = await client.Post(Path, """[{"event":"user.created","data":{}},{"event":"invoice.paid","data":{}}]""");

        accepted.MustBe(HttpStatusCode.Accepted);
        Assert.Equal(["user.created", "invoice.paid"], accepted.Data.Select(item => item.GetProperty("event").GetString()));
        Assert.Equal([0, 1], accepted.Data.Select(item => item.GetProperty("deliveries").GetInt32()));
    }

    [Fact]
    public async Task The_same_id_again_is_the_same_event_and_makes_no_second_delivery()
    {
        using var client = api.Server.ForNewOrganization();
        var webhook = await client.CreateWebhookAsync();
        const string Json = """{"event":"user.created","data":{},"id":"signup-1"}""";

        var first = await client.Post(Path, Json);
        var second = await client.Post(Path, Json);

        Assert.Equal(first.MustBe(HttpStatusCode.Accepted).Text, second.Text);
        Assert.Single((await client.Get($"{Calls.Webhooks}/{webhook}/deliveries")).Data);
    }

    [Theory]
    [InlineData("signup-1")]
    [InlineData(null)]
    public async Task Another_event_under_a_known_id_gets_409_with_what_differs_and_is_not_published(string? id)
    {
        using var client = api.Server.ForNewOrganization();
        var webhook = await client.CreateWebhookAsync();
        id ??= Guid.CreateVersion7().ToString();
        (await client.Post(Path, $$"""{"event":"user.created","data":{"v":1},"id":"{{id}}" }""")).MustBe(HttpStatusCode.Accepted);

        var data = await client.Post(Path, $$"""{"event":"user.created","data":{"v":2},"id":"{{id}}" }""");
        var type = await client.Post(
            Path, $$"""{"event":"user.deleted","data":{"v":1},"id":"{{id}}","timestamp":"2026-08-03T12:00:00Z"}""");
        var array = await client.Post(
            Path, $$"""[{"event":"user.login","data":{} },{"event":"user.created","data":{"v":3},"id":"{{id}}" }]""");

        data.MustBeProblem(HttpStatusCode.Conflict, "reused-event-id");
        Assert.NotEmpty(data.Errors("data"));
        Assert.NotEmpty(type.MustBeProblem(HttpStatusCode.Conflict, "reused-event-id").Errors("event"));
        Assert.NotEmpty(type.Errors("timestamp"));
        Assert.NotEmpty(array.MustBeProblem(HttpStatusCode.Conflict, "reused-event-id").Errors("[1].data"));
        Assert.Single((await client.Get($"{Calls.Webhooks}/{webhook}/deliveries")).Data);
    }

    [Fact]
    public async Task An_array_that_gives_one_id_to_two_events_gets_409_with_the_second_ones_place()
    {
        using var client = api.Server.ForNewOrganization();

        var refused = await client.Post(
            Path, """[{"event":"user.created","data":{},"id":"a"},{"event":"user.deleted","data":{},"id":"a"}]""");

        Assert.NotEmpty(refused.MustBeProblem(HttpStatusCode.Conflict, "reused-event-id").Errors("[1].event"));
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData(null)]
    public async Task Json_is_accepted_under_any_content_type(string? contentType)
    {
        using var client = api.Server.ForNewOrganization();
        var json = Encoding.UTF8.GetBytes("""{"event":"user.created","data":{}}""");

        (await client.CallAsync(HttpMethod.Post, Path, Calls.Content(json, contentType))).MustBe(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task What_is_wrong_is_told_by_field_and_nothing_is_published()
    {
        using var client = api.Server.ForNewOrganization();
        var webhook = await client.CreateWebhookAsync(events: "*");

        var refused = await client.Post(
            Path, """[{"event":"user.created","data":{}},{"event":"user.creatd","data":{"a":"\u0000"},"tipe":1}]""");

        refused.MustBeProblem(HttpStatusCode.BadRequest, "invalid-request");
        Assert.Contains("user.created", refused.Errors("[1].event").Single(), StringComparison.Ordinal);
        Assert.NotEmpty(refused.Errors("[1].data.a"));
        Assert.NotEmpty(refused.Errors("[1].tipe"));
        Assert.Empty((await client.Get($"{Calls.Webhooks}/{webhook}/deliveries")).Data);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("""{"event":"user.created","data":{}} {}""")]
    public async Task A_body_that_is_not_an_event_is_a_malformed_body(string json)
    {
        using var client = api.Server.ForNewOrganization();

        (await client.Post(Path, json)).MustBeProblem(HttpStatusCode.BadRequest, "malformed-body");
    }

    [Fact]
    public async Task Another_organization_cannot_be_published_for()
    {
        using var client = api.Server.ForNewOrganization();

        var refused = await client.Post(Path, $$"""{"org_id":"{{Guid.NewGuid()}}","event":"user.created","data":{} }""");

        refused.MustRefuse("org_id");
    }

    [Fact]
    public async Task A_token_for_any_organization_publishes_for_the_one_that_the_event_names()
    {
        var organization = Guid.NewGuid();
        using var tenant = api.Server.For(organization);
        await tenant.CreateWebhookAsync();
        using var platform = api.Server.WithToken(api.Server.Key.CreateToken(null, [Scopes.PublishEventsForAny], TimeSpan.FromMinutes(1)));

        var accepted = await platform.Post(Path, $$"""{"org_id":"{{organization}}","event":"user.created","data":{} }""");
        var unnamed = await platform.Post(Path, """{"event":"user.created","data":{}}""");

        Assert.Equal(1, accepted.MustBe(HttpStatusCode.Accepted)["deliveries"].GetInt32());
        unnamed.MustRefuse("org_id");
    }

    [Fact]
    public async Task A_body_larger_than_allowed_gets_413_with_the_limit()
    {
        using var client = api.Server.ForNewOrganization();
        var padding = new string('x', SharedApi.Limits.PublishBytes);

        var refused = await client.Post(Path, $$"""[{"event":"user.created","data":{"a":"{{padding}}"} }]""");

        refused.MustBeProblem(HttpStatusCode.RequestEntityTooLarge, "body-too-large");
        Assert.Contains($"{SharedApi.Limits.PublishBytes}", refused["detail"].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_single_event_larger_than_allowed_gets_413_with_the_limit()
    {
        using var client = api.Server.ForNewOrganization();
        var padding = new string('x', SharedApi.Limits.EventBytes);

        var refused = await client.Post(Path, $$"""{"event":"user.created","data":{"a":"{{padding}}"} }""");

        refused.MustBeProblem(HttpStatusCode.RequestEntityTooLarge, "body-too-large");
        Assert.Contains($"{SharedApi.Limits.EventBytes}", refused["detail"].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_fills_several_buffers_arrives_whole()
    {
        using var client = api.Server.ForNewOrganization();
        var webhook = await client.CreateWebhookAsync();
        var text = string.Concat(Enumerable.Range(0, 5000).Select(number => $"{number} "));

        await client.PublishAsync(data: JsonSerializer.Serialize(new { text }));

        var id = (await client.Get($"{Calls.Webhooks}/{webhook}/deliveries")).Data.Single().GetProperty("id").GetString();
        var delivery = await client.Get($"{Calls.Webhooks}/{webhook}/deliveries/{id}");
        Assert.Equal(text, delivery["payload"].GetProperty("data").GetProperty("text").GetString());
    }

    [Fact]
    public async Task More_events_than_allowed_are_refused()
    {
        using var client = api.Server.ForNewOrganization();
        var events = string.Join(',', Enumerable.Repeat("""{"event":"user.created","data":{}}""", SharedApi.Limits.EventsPerRequest + 1));

        var refused = await client.Post(Path, $"[{events}]");

        refused.MustBeProblem(HttpStatusCode.BadRequest, "malformed-body");
        Assert.Contains($"{SharedApi.Limits.EventsPerRequest}", refused["detail"].GetString(), StringComparison.Ordinal);
    }
}
