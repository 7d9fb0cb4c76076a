using System.Net;
using Webhooks.Api.Authentication;
using Webhooks.Api.Tests.Hosting;

namespace Webhooks.Api.Tests.Authentication;

/// <summary>Tokens with the scope <c>admin</c>, and the header that names the organization.</summary>
public sealed class OperatorTests(SharedApi api)
{
    private const string Header = "Webhooks-Organization";

    [Fact]
    public async Task An_operator_may_call_every_operation_for_the_organization_that_the_header_names()
    {
        using var client = Operator(Guid.NewGuid().ToString());

        foreach (var (method, path) in Operations.All)
        {
            var answer = await client.CallAsync(method, path, "{}");
            Assert.DoesNotContain(
                answer.Status,
                (HttpStatusCode[])[HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden, HttpStatusCode.InternalServerError]);
            Assert.DoesNotContain(Header, answer.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_operator_sees_and_changes_the_named_organization_and_no_other()
    {
        var organization = Guid.NewGuid();
        using var owner = api.Server.For(organization);
        using var client = Operator(organization.ToString());
        using var elsewhere = Operator(Guid.NewGuid().ToString());
        var webhook = $"{Calls.Webhooks}/{await owner.CreateWebhookAsync()}";

        var seen = (await client.Get(webhook)).MustBe(HttpStatusCode.OK);
        (await elsewhere.Get(webhook)).MustBe(HttpStatusCode.NotFound);
        (await elsewhere.Delete(webhook)).MustBe(HttpStatusCode.NotFound);
        (await client.Patch(webhook, """{"description":"seen"}""")).MustBe(HttpStatusCode.OK);

        Assert.Equal(organization, seen["org_id"].GetGuid());
        Assert.Equal("seen", (await owner.Get(webhook))["description"].GetString());
    }

    [Fact]
    public async Task An_operator_publishes_for_the_named_organization()
    {
        var organization = Guid.NewGuid();
        using var client = Operator(organization.ToString());

        var published = await client.Post("/api/v1/events", """{"event":"user.created","data":{}}""");
        var others = await client.Post(
            "/api/v1/events", $$"""{"event":"user.created","data":{},"org_id":"{{Guid.NewGuid()}}"}""");

        Assert.Equal(organization, published.MustBe(HttpStatusCode.Accepted)["org_id"].GetGuid());
        others.MustRefuse("org_id");
    }

    [Fact]
    public async Task An_operators_events_name_the_organization_when_nothing_else_does()
    {
        var organization = Guid.NewGuid();
        using var client = Operator();

        var published = await client.Post("/api/v1/events", $$"""{"event":"user.created","data":{},"org_id":"{{organization}}"}""");

        Assert.Equal(organization, published.MustBe(HttpStatusCode.Accepted)["org_id"].GetGuid());
        (await client.Post("/api/v1/events", """{"event":"user.created","data":{}}""")).MustRefuse("org_id");
    }

    [Fact]
    public async Task Without_the_header_an_operators_own_organization_holds()
    {
        var own = Guid.NewGuid();
        using var client = api.Server.For(own, Scopes.Admin);

        var made = await client.CreateWebhookAsync();

        using var owner = api.Server.For(own);
        (await owner.Get($"{Calls.Webhooks}/{made}")).MustBe(HttpStatusCode.OK);
        var published = await client.Post("/api/v1/events", """{"event":"user.created","data":{}}""");
        Assert.Equal(own, published.MustBe(HttpStatusCode.Accepted)["org_id"].GetGuid());
    }

    [Fact]
    public async Task The_header_takes_the_place_of_an_operators_own_organization()
    {
        var organization = Guid.NewGuid();
        using var owner = api.Server.For(organization);
        using var client = api.Server.For(Guid.NewGuid(), Scopes.Admin);
        client.DefaultRequestHeaders.Add(Header, organization.ToString());

        var made = await client.CreateWebhookAsync();

        (await owner.Get($"{Calls.Webhooks}/{made}")).MustBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_operator_who_names_no_organization_is_told_how_to()
    {
        using var client = Operator();

        (await client.Get(Calls.Webhooks)).MustRefuse(Header);
    }

    [Theory]
    [InlineData("acme")]
    [InlineData("")]
    [InlineData("00000000-0000-0000-0000-000000000000")]
    [InlineData("01980000000070008000000000000000")]
    [InlineData("01980000-0000-7000-8000-000000000000, 01980000-0000-7000-8000-000000000001")]
    public async Task A_header_that_is_not_one_organization_is_refused(string value)
    {
        using var client = Operator(value);

        (await client.Get(Calls.Webhooks)).MustRefuse(Header);
    }

    [Fact]
    public async Task A_header_that_is_given_twice_is_refused()
    {
        using var client = Operator(Guid.NewGuid().ToString());
        client.DefaultRequestHeaders.Add(Header, Guid.NewGuid().ToString());

        (await client.Get(Calls.Webhooks)).MustRefuse(Header);
    }

    [Fact]
    public async Task Nobody_else_may_name_an_organization_not_even_their_own()
    {
        var own = Guid.NewGuid();
        foreach (var named in (string[])[own.ToString(), Guid.NewGuid().ToString(), "acme"])
        {
            using var client = api.Server.For(own, [.. Scopes.All.Except([Scopes.Admin])]);
            client.DefaultRequestHeaders.Add(Header, named);

            var refused = await client.Get(Calls.Webhooks);

            refused.MustBeProblem(HttpStatusCode.Forbidden, "forbidden");
            Assert.Contains(Header, refused["detail"].GetString(), StringComparison.Ordinal);
            Assert.Equal("Bearer error=\"insufficient_scope\", scope=\"admin\"", refused.Headers.WwwAuthenticate.ToString());
        }
    }

    [Fact]
    public async Task What_one_request_of_an_operator_names_does_not_stick_to_the_token()
    {
        var (first, second) = (Guid.NewGuid(), Guid.NewGuid());
        var token = api.Server.Key.CreateToken(null, [Scopes.Admin], TimeSpan.FromMinutes(5));
        using var client = api.Server.WithToken(token);
        using var one = api.Server.For(first);
        await one.CreateWebhookAsync();

        foreach (var (named, count) in (IReadOnlyList<(Guid?, int)>)[(first, 1), (second, 0), (null, -1), (first, 1)])
        {
            client.DefaultRequestHeaders.Remove(Header);
            if (named is { } id)
            {
                client.DefaultRequestHeaders.Add(Header, id.ToString());
                Assert.Equal(count, (await client.Get(Calls.Webhooks)).MustBe(HttpStatusCode.OK).Data.Count);
            }
            else
            {
                (await client.Get(Calls.Webhooks)).MustRefuse(Header);
            }
        }
    }

    [Fact]
    public async Task Without_a_token_the_header_changes_nothing()
    {
        using var client = api.Server.Anonymous();
        client.DefaultRequestHeaders.Add(Header, "acme");

        (await client.Get(Calls.Webhooks)).MustBeProblem(HttpStatusCode.Unauthorized, "unauthenticated");
        (await client.Get("/health/live")).MustBe(HttpStatusCode.OK);
    }

    private HttpClient Operator(string? organization = null)
    {
        var client = api.Server.WithToken(api.Server.Key.CreateToken(null, [Scopes.Admin], TimeSpan.FromMinutes(5)));
        if (organization is not null)
        {
            client.DefaultRequestHeaders.TryAddWithoutValidation(Header, organization);
        }

        return client;
    }
}
