using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;
using Webhooks.Api.Authentication;
using Webhooks.Api.OpenApi;
using Webhooks.Api.Requests;
using Webhooks.Api.Tests.Hosting;
using Webhooks.Core;

namespace Webhooks.Api.Tests.Portal;

/// <summary>
/// What a session of the portal cannot reach, over every call that there is: whoever adds one is held to it without knowing of this.
/// </summary>
public sealed partial class PortalReachTests(SharedApi api)
{
    private readonly Guid _org = Guid.NewGuid();

    [Fact]
    public async Task A_session_reaches_nothing_of_another_organization_whatever_it_calls()
    {
        var other = Guid.NewGuid();
        using var stranger = api.Server.For(other);
        using var owner = api.Server.For(_org);
        var foreign = await Belongings.MakeAsync(stranger, other, "user.created");
        var own = await Belongings.MakeAsync(owner, _org, "user.created");
        using var session = await SessionAsync(owner, "{}");

        await WalkAsync(session, foreign, foreign.Ids["id"]);
        await WalkAsync(session, foreign, own.Ids["id"], onlyBelow: true);
    }

    [Fact]
    public async Task A_session_for_one_webhook_reaches_nothing_of_another_whatever_it_calls()
    {
        using var owner = api.Server.For(_org);
        var foreign = await Belongings.MakeAsync(owner, _org, "user.created");
        var own = await owner.CreateWebhookAsync("http://127.0.0.1:1024/", "user.deleted");
        using var session = await SessionAsync(owner, $$"""{"webhook_id":"{{own}}"}""");

        foreach (var (endpoint, answer) in await WalkAsync(session, foreign, foreign.Ids["id"]))
        {
            if (!IsOfWebhook(endpoint) && endpoint.Metadata.GetMetadata<NarrowedToWebhook>() is null)
            {
                answer.MustBeProblem(HttpStatusCode.Forbidden, "forbidden");
            }
        }

        await WalkAsync(session, foreign, own, onlyBelow: true);
    }

    [Fact]
    public async Task A_session_for_one_webhook_sees_that_webhook_in_every_list()
    {
        using var owner = api.Server.For(_org);
        await Belongings.MakeAsync(owner, _org, "user.created");
        var own = await owner.CreateWebhookAsync("http://127.0.0.1:1024/", "user.deleted");
        var published = await owner.PublishAsync("user.deleted");
        using var session = await SessionAsync(owner, $$"""{"webhook_id":"{{own}}"}""");

        Assert.Equal(own, Assert.Single((await session.Get(Calls.Webhooks)).Data).GetProperty("id").GetGuid());
        Assert.Equal(own, Assert.Single((await session.Get("/api/v1/deliveries")).Data).GetProperty("webhook_id").GetGuid());
        Assert.Equal(published, Assert.Single((await session.Get("/api/v1/events")).Data).GetProperty("id").GetGuid());
        (await session.Get($"/api/v1/events/{published}")).MustBe(HttpStatusCode.OK);
        Assert.NotEmpty((await session.Get("/api/v1/audit")).Data);
        Assert.All(
            (await session.Get("/api/v1/audit")).Data, entry => Assert.Equal(own, entry.GetProperty("webhook_id").GetGuid()));
        Assert.Empty((await session.Get($"/api/v1/audit?webhook_id={Guid.NewGuid()}")).Data);
        Assert.Equal(1, (await session.Get("/api/v1/stats"))["totals"].GetProperty("deliveries").GetInt64());
        var group = Assert.Single((await session.Get("/api/v1/stats?group_by=webhook"))["groups"].EnumerateArray());
        Assert.Equal(own, group.GetProperty("key").GetGuid());
        (await session.Get($"{Calls.Webhooks}/events/available")).MustBe(HttpStatusCode.OK);
        (await session.Patch($"{Calls.Webhooks}/{own}", """{"description":"mine"}""")).MustBe(HttpStatusCode.OK);
    }

    /// <summary>
    /// Calls every operation with another's ids wherever one can be given, and asserts that nothing of them is shown or changed.
    /// </summary>
    /// <param name="session">Who calls.</param>
    /// <param name="foreign">What is not theirs.</param>
    /// <param name="webhook">The webhook in paths.</param>
    /// <param name="onlyBelow">Whether to call only what is below a webhook or another thing in its path.</param>
    private async Task<IReadOnlyList<(RouteEndpoint Endpoint, Answer Answer)>> WalkAsync(
        HttpClient session, Belongings foreign, Guid webhook, bool onlyBelow = false)
    {
        var before = await foreign.ShowAsync();
        var answers = new List<(RouteEndpoint, Answer)>();
        foreach (var endpoint in Endpoints())
        {
            var parameters = Parameter().Matches(endpoint.RoutePattern.RawText!).Select(match => match.Groups[1].Value).ToArray();
            if (onlyBelow && (!IsOfWebhook(endpoint) || parameters.Length < 2))
            {
                continue;
            }

            var method = new HttpMethod(endpoint.Metadata.GetRequiredMetadata<IHttpMethodMetadata>().HttpMethods[0]);
            var answer = await session.CallAsync(method, PathOf(endpoint, foreign, webhook), BodyOf(endpoint, foreign));
            var what = $"{method} {endpoint.RoutePattern.RawText}: {(int)answer.Status} {answer.Text}";
            Assert.True((int)answer.Status < 500, what);
            if (parameters.Any(name => name != "name"))
            {
                Assert.True(answer.Status is HttpStatusCode.NotFound or HttpStatusCode.Forbidden, what);
            }

            Assert.DoesNotContain(foreign.Mark, answer.Text, StringComparison.Ordinal);
            Assert.All(
                foreign.Ids.Where(id => id.Key != "org_id" || id.Value != _org),
                id => Assert.False(answer.Text.Contains(id.Value.ToString(), StringComparison.Ordinal), $"{id.Key} is in {what}"));
            answers.Add((endpoint, answer));
        }

        Assert.True(answers.Count > (onlyBelow ? 5 : 40), $"Only {answers.Count} operations were called.");
        Assert.Equal(before, await foreign.ShowAsync());
        return answers;
    }

    private IEnumerable<RouteEndpoint> Endpoints() =>
        api.Server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Where(
            endpoint => endpoint.RoutePattern.RawText!.StartsWith("/api/", StringComparison.Ordinal));

    private static bool IsOfWebhook(RouteEndpoint endpoint) =>
        endpoint.RoutePattern.RawText!.StartsWith($"{Calls.Webhooks}/{{id}}", StringComparison.Ordinal);

    private static string PathOf(RouteEndpoint endpoint, Belongings foreign, Guid webhook)
    {
        var path = Parameter().Replace(endpoint.RoutePattern.RawText!, match => match.Groups[1].Value switch
        {
            "id" => webhook.ToString(),
            "name" => "user.created",
            var name => foreign.Ids[name].ToString(),
        });
        var query = endpoint.Metadata.GetMetadata<QueryParameters>()?.All
            .Where(parameter => parameter.Format == "uuid" || parameter.Name.EndsWith("_ids", StringComparison.Ordinal))
            .Select(parameter => $"{parameter.Name}={foreign.Ids[parameter.Name]}") ?? [];
        return $"{path}?{string.Join('&', query)}".TrimEnd('?');
    }

    private static string? BodyOf(RouteEndpoint endpoint, Belongings foreign)
    {
        if (endpoint.Metadata.GetMetadata<RequestDescription>() is not { } description)
        {
            return null;
        }

        var fields = description.Schema(new WebhooksLimits()).Properties ?? new Dictionary<string, IOpenApiSchema>();
        return foreign.Fill(
            description.ParseExample(), fields.Where(field => field.Value.Format == "uuid").Select(field => field.Key));
    }

    private async Task<HttpClient> SessionAsync(HttpClient owner, string body)
    {
        var made = (await owner.Post("/api/v1/portal/sessions", body)).MustBe(HttpStatusCode.Created);
        return api.Server.WithToken(made["url"].GetString()!.Split("#token=")[1]);
    }

    [GeneratedRegex("""\{(\w+)\}""")]
    private static partial Regex Parameter();
}
