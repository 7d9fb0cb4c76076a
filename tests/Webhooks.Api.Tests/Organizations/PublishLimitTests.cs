using System.Globalization;
using System.Net;
using Webhooks.Api.Authentication;
using Webhooks.Api.Tests.Hosting;
using Webhooks.Testing;

namespace Webhooks.Api.Tests.Organizations;

public sealed class PublishLimitTests(SharedApi api) : IDisposable
{
    private const string Events = "/api/v1/events";
    private const string Event = """{"event":"user.created","data":{}}""";

    private readonly Guid _org = Guid.NewGuid();
    private readonly HttpClient _admin = api.Server.WithToken(
        api.Server.Key.CreateToken(orgId: null, [Scopes.Admin, Scopes.PublishEventsForAny], TimeSpan.FromMinutes(10)));

    public void Dispose() => _admin.Dispose();

    [Fact]
    public async Task What_an_organization_publishes_beyond_its_limit_is_429_and_says_when_to_try_again()
    {
        await LimitAsync("""{"per_second":0.05,"burst":3}""");
        using var client = api.Server.For(_org);
        await client.CreateWebhookAsync();

        var two = (await client.Post(Events, $"[{Event},{Event}]")).MustBe(HttpStatusCode.Accepted);
        var third = (await client.Post(Events, Event)).MustBe(HttpStatusCode.Accepted);
        var refused = await client.Post(Events, Event);

        Assert.Equal("\"publish\";q=3;w=60", Header(two, "RateLimit-Policy"));
        Assert.Equal("\"publish\";r=1;t=40", Header(two, "RateLimit"));
        Assert.Matches("^\"publish\";r=0;t=(60|5[0-9])$", Header(third, "RateLimit"));
        refused.MustBeProblem(HttpStatusCode.TooManyRequests, "publish-limit");
        Assert.InRange(int.Parse(Header(refused, "Retry-After"), CultureInfo.InvariantCulture), 1, 20);
        Assert.Equal("\"publish\";q=3;w=60", Header(refused, "RateLimit-Policy"));
        Assert.StartsWith("\"publish\";r=0;t=", Header(refused, "RateLimit"), StringComparison.Ordinal);
        Assert.Equal(3, (await client.Get("/api/v1/deliveries")).Data.Count);
    }

    [Fact]
    public async Task An_array_that_is_larger_than_the_burst_is_413_with_what_is_allowed_since_it_could_never_be_published()
    {
        await LimitAsync("""{"per_second":100,"burst":2}""");
        using var client = api.Server.For(_org);

        var refused = (await client.Post(Events, $"[{Event},{Event},{Event}]")).MustBeProblem(
            HttpStatusCode.RequestEntityTooLarge, "more-than-burst");

        Assert.Contains("may publish 2 events at once", refused["detail"].GetString(), StringComparison.Ordinal);
        Assert.False(refused.Headers.Contains("Retry-After"));
    }

    [Fact]
    public async Task Other_organizations_are_not_limited_and_are_told_nothing_of_limits()
    {
        await LimitAsync("""{"per_second":0.01,"burst":1}""");
        using var limited = api.Server.For(_org);
        using var free = api.Server.ForNewOrganization();
        (await limited.Post(Events, Event)).MustBe(HttpStatusCode.Accepted);
        (await limited.Post(Events, Event)).MustBe(HttpStatusCode.TooManyRequests);

        foreach (var _ in Enumerable.Range(0, 20))
        {
            var answer = (await free.Post(Events, Event)).MustBe(HttpStatusCode.Accepted);
            Assert.False(answer.Headers.Contains("RateLimit"));
            Assert.False(answer.Headers.Contains("RateLimit-Policy"));
        }
    }

    [Fact]
    public async Task Of_an_array_for_several_organizations_all_is_published_or_nothing_and_the_answer_names_the_one_that_has_to_wait()
    {
        await LimitAsync("""{"per_second":0.01,"burst":1}""");
        var other = Guid.NewGuid();
        using var others = api.Server.For(other);
        await others.CreateWebhookAsync();
        using var publisher = api.Server.WithToken(
            api.Server.Key.CreateToken(orgId: null, [Scopes.PublishEventsForAny], TimeSpan.FromMinutes(10)));
        var both = $$"""
            [{"org_id":"{{other}}","event":"user.created","data":{} },{"org_id":"{{_org}}","event":"user.created","data":{} }]
            """;
        (await publisher.Post(Events, both)).MustBe(HttpStatusCode.Accepted);

        var refused = (await publisher.Post(Events, both)).MustBeProblem(HttpStatusCode.TooManyRequests, "publish-limit");

        Assert.Contains(_org.ToString(), refused["detail"].GetString(), StringComparison.Ordinal);
        Assert.Single((await others.Get("/api/v1/deliveries")).Data);
    }

    [Fact]
    public async Task A_limit_is_shown_changed_told_in_the_audit_and_taken_away()
    {
        await LimitAsync("""{"per_second":2.5,"burst":10}""");
        Assert.Equal(
            """{"per_second":2.5,"burst":10}""", (await _admin.Get($"/api/v1/organizations/{_org}"))["publish_rate"].GetRawText());
        (await _admin.Patch($"/api/v1/organizations/{_org}", """{"name":"Limited"}""")).MustBe(HttpStatusCode.OK);
        (await _admin.Patch($"/api/v1/organizations/{_org}", """{"publish_rate":null}""")).MustBe(HttpStatusCode.OK);
        using var client = api.Server.For(_org);

        var changes = (await client.Get("/api/v1/audit")).Data.Select(entry => entry.GetProperty("changes").GetRawText()).ToArray();

        Assert.Equal(
            """[{"field":"publish_rate","before":{"burst":10,"per_second":2.5},"after":null}]""", changes[0]);
        Assert.Equal("""[{"field":"publish_rate","before":null,"after":{"burst":10,"per_second":2.5}}]""", changes[2]);
        await Eventually.HoldsAsync(
            async () => !(await client.Post(Events, Event)).MustBe(HttpStatusCode.Accepted).Headers.Contains("RateLimit"),
            () => "the limit still holds",
            TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("7", "publish_rate")]
    [InlineData("{}", "publish_rate.per_second", "publish_rate.burst")]
    [InlineData("""{"per_second":0,"burst":1}""", "publish_rate.per_second")]
    [InlineData("""{"per_second":1,"burst":0}""", "publish_rate.burst")]
    [InlineData("""{"per_second":1,"burst":1.5}""", "publish_rate.burst")]
    [InlineData("""{"per_second":10001,"burst":1}""", "publish_rate.per_second")]
    [InlineData("""{"per_second":1,"burst":1,"per_hour":1}""", "publish_rate.per_hour")]
    public async Task A_limit_that_is_not_understood_is_refused(string rate, params string[] fields) =>
        (await _admin.Patch($"/api/v1/organizations/{_org}", $$"""{"publish_rate":{{rate}}}""")).MustRefuse(fields);

    private static string Header(Answer answer, string name) => Assert.Single(answer.Headers.GetValues(name));

    /// <summary>Sets the limit, and waits until it is known.</summary>
    private async Task LimitAsync(string rate)
    {
        (await _admin.Patch($"/api/v1/organizations/{_org}", $$"""{"publish_rate":{{rate}}}""")).MustBe(HttpStatusCode.OK);
        var limits = (Core.Organizations.PublishLimits)api.Server.Services.GetService(typeof(Core.Organizations.PublishLimits))!;
        await Eventually.HoldsAsync(
            async () =>
            {
                await limits.RefreshAsync(TestContext.Current.CancellationToken);
                return limits.Find(_org) is not null;
            },
            () => "the limit is not known",
            TestContext.Current.CancellationToken);
    }
}
