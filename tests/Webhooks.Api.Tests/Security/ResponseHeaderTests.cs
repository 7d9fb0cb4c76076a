using System.Net;
using Microsoft.Extensions.Configuration;
using Webhooks.Api.Security;
using Webhooks.Api.Tests.Hosting;
using Webhooks.Core;

namespace Webhooks.Api.Tests.Security;

/// <summary>What every answer says beside its body: request ids, origins, and what browsers may do with it.</summary>
public sealed class ResponseHeaderTests(SharedApi api)
{
    private const string RequestId = "X-Request-Id";

    [Theory]
    [InlineData("/health/live", HttpStatusCode.OK)]
    [InlineData("/docs/", HttpStatusCode.OK)]
    [InlineData("/api/v1/webhooks", HttpStatusCode.Unauthorized)]
    [InlineData("/api/v1/nowhere", HttpStatusCode.NotFound)]
    public async Task Each_answer_has_the_requests_id_and_so_has_each_problem(string path, HttpStatusCode status)
    {
        using var client = api.Server.Anonymous();

        var answer = (await client.Get(path)).MustBe(status);
        var again = await client.Get(path);

        var id = Assert.Single(answer.Headers.GetValues(RequestId));
        Assert.True(Guid.TryParse(id, out _));
        Assert.NotEqual(id, Assert.Single(again.Headers.GetValues(RequestId)));
        if (status >= HttpStatusCode.BadRequest)
        {
            Assert.Equal(id, answer["request_id"].GetString());
        }
    }

    [Theory]
    [InlineData("order-42")]
    [InlineData("01a21939-6307-7425-bfee-af77a1165cfe")]
    [InlineData("0HNE4K5V8U0Q1:00000002")]
    [InlineData("a_B.9")]
    public async Task A_callers_own_id_is_kept(string id)
    {
        using var client = api.Server.ForNewOrganization();
        client.DefaultRequestHeaders.Add(RequestId, id);

        var refused = await client.Post(Calls.Webhooks, "{");

        Assert.Equal([id], refused.Headers.GetValues(RequestId));
        Assert.Equal(id, refused.MustBeProblem(HttpStatusCode.BadRequest, "malformed-body")["request_id"].GetString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a,b")]
    [InlineData("<script>")]
    [InlineData("a\"b")]
    public async Task An_id_that_is_not_well_formed_is_replaced(string id)
    {
        using var client = api.Server.Anonymous();
        client.DefaultRequestHeaders.TryAddWithoutValidation(RequestId, id);

        Assert.True(Guid.TryParse(Assert.Single((await client.Get("/health/live")).Headers.GetValues(RequestId)), out _));
    }

    [Fact]
    public async Task An_id_that_is_too_long_or_given_twice_is_replaced()
    {
        using var longest = api.Server.Anonymous();
        longest.DefaultRequestHeaders.Add(RequestId, new string('x', RequestIds.MostCharacters));
        using var tooLong = api.Server.Anonymous();
        tooLong.DefaultRequestHeaders.Add(RequestId, new string('x', RequestIds.MostCharacters + 1));
        using var twice = api.Server.Anonymous();
        twice.DefaultRequestHeaders.Add(RequestId, ["one", "two"]);

        Assert.Equal(RequestIds.MostCharacters, Assert.Single((await longest.Get("/health/live")).Headers.GetValues(RequestId)).Length);
        Assert.True(Guid.TryParse(Assert.Single((await tooLong.Get("/health/live")).Headers.GetValues(RequestId)), out _));
        Assert.True(Guid.TryParse(Assert.Single((await twice.Get("/health/live")).Headers.GetValues(RequestId)), out _));
    }

    [Fact]
    public async Task What_is_logged_for_a_request_has_its_id()
    {
        using var client = api.Server.ForNewOrganization();
        var id = $"log-{Guid.NewGuid():N}";
        client.DefaultRequestHeaders.Add(RequestId, id);
        (await client.Get(Calls.Webhooks)).MustBe(HttpStatusCode.OK);

        var lines = api.Server.Logs.Lines.Where(line => line.Scopes.Contains($"request_id {id}")).ToArray();

        Assert.Contains(lines, line => line.Category.Contains("EndpointMiddleware", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("https", true)]
    [InlineData("http", false)]
    public async Task Over_https_browsers_are_told_to_stay_with_it(string scheme, bool told)
    {
        using var client = api.Server.Anonymous();
        client.DefaultRequestHeaders.Add("X-Forwarded-Proto", scheme);

        var answer = await client.Get(Calls.Webhooks);

        Assert.Equal(
            told, answer.Headers.TryGetValues("Strict-Transport-Security", out var values) && values.Single() == "max-age=31536000");
    }

    [Fact]
    public async Task A_page_of_an_allowed_origin_may_call_and_read_what_it_needs()
    {
        using var client = api.Server.ForNewOrganization();
        client.DefaultRequestHeaders.Add("Origin", ApiServer.Origin);

        foreach (var answer in (Answer[])[await client.Get(Calls.Webhooks), await client.Post(Calls.Webhooks, "{")])
        {
            Assert.Equal([ApiServer.Origin], answer.Headers.GetValues("Access-Control-Allow-Origin"));
            Assert.False(answer.Headers.Contains("Access-Control-Allow-Credentials"));
            var exposed = string.Join(',', answer.Headers.GetValues("Access-Control-Expose-Headers")).Split(',');
            foreach (var header in (string[])["ETag", "Location", "Retry-After", "RateLimit", "RateLimit-Policy", RequestId])
            {
                Assert.Contains(header, exposed);
            }
        }
    }

    [Theory]
    [InlineData("GET", "authorization,webhooks-organization,x-request-id")]
    [InlineData("PATCH", "authorization,content-type,if-match")]
    [InlineData("POST", "authorization,content-type,idempotency-key")]
    public async Task A_page_of_an_allowed_origin_is_told_before_it_calls(string method, string headers)
    {
        using var client = api.Server.Anonymous();

        var told = await PreflightAsync(client, ApiServer.Origin, method, headers);

        told.MustBe(HttpStatusCode.NoContent);
        Assert.Equal([ApiServer.Origin], told.Headers.GetValues("Access-Control-Allow-Origin"));
        Assert.Contains(method, string.Join(',', told.Headers.GetValues("Access-Control-Allow-Methods")), StringComparison.Ordinal);
        var allowed = string.Join(',', told.Headers.GetValues("Access-Control-Allow-Headers")).Split(',');
        Assert.All(headers.Split(','), header => Assert.Contains(header, allowed, StringComparer.OrdinalIgnoreCase));
        Assert.False(told.Headers.Contains("Access-Control-Allow-Credentials"));
        Assert.Single(told.Headers.GetValues(RequestId));
    }

    [Theory]
    [InlineData("https://elsewhere.example.com")]
    [InlineData("http://portal.example.com")]
    [InlineData("https://portal.example.com:8443")]
    [InlineData("https://portal.example.com.evil.example")]
    [InlineData("null")]
    public async Task A_page_of_another_origin_is_told_nothing(string origin)
    {
        using var client = api.Server.ForNewOrganization();

        var preflight = await PreflightAsync(client, origin, "GET", "authorization");
        client.DefaultRequestHeaders.Add("Origin", origin);
        var answer = await client.Get(Calls.Webhooks);

        foreach (var told in (Answer[])[preflight, answer])
        {
            Assert.DoesNotContain(told.Headers, header => header.Key.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase));
        }
    }

    [Fact]
    public void Without_the_setting_no_origin_is_allowed() => Assert.Null(AllowedOrigins.From(new ConfigurationBuilder().Build()));

    [Theory]
    [InlineData("*")]
    [InlineData("https://*.example.com")]
    [InlineData("https://portal.example.com/")]
    [InlineData("https://portal.example.com/portal")]
    [InlineData("https://portal.example.com:443")]
    [InlineData("https://Portal.example.com")]
    [InlineData("https://user@portal.example.com")]
    [InlineData("portal.example.com")]
    [InlineData("null")]
    [InlineData("ftp://portal.example.com")]
    [InlineData("https://portal.example.com,*")]
    public void What_is_no_exact_origin_is_refused_by_the_settings_name(string origins)
    {
        var refused = Assert.Throws<InvalidSettingException>(() => AllowedOrigins.From(new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["Webhooks:AllowedOrigins"] = origins })
            .Build()));

        Assert.Contains("Webhooks__AllowedOrigins", refused.Message, StringComparison.Ordinal);
    }

    private static async Task<Answer> PreflightAsync(HttpClient client, string origin, string method, string headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, Calls.Webhooks);
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", method);
        request.Headers.Add("Access-Control-Request-Headers", headers);
        return await client.CallAsync(request);
    }
}
