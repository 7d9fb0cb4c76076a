using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Webhooks.Testing;

namespace Webhooks.EndToEnd.Tests;

/// <summary>The portal, and somebody who opens a link to it.</summary>
[Trait("Host", "both")]
public sealed partial class PortalTests : IAsyncLifetime
{
    private const string Sessions = "/api/v1/portal/sessions";
    private const string Webhooks = "/api/v1/webhooks";

    private Installation _installation = null!;
    private ServerProcess _server = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _installation = await Installation.CreateAsync(new Dictionary<string, string>());
        _server = await _installation.StartServerAsync();
    }

    public ValueTask DisposeAsync() => _installation.DisposeAsync();

    [Fact]
    public async Task A_link_for_one_webhook_reaches_that_webhook_until_it_is_revoked()
    {
        using var owner = _server.CreateClient(Guid.NewGuid());
        var (webhook, other) = (await RegisterAsync(owner), await RegisterAsync(owner));
        using var answer = await owner.PostAsJsonAsync(Sessions, new { webhook_id = webhook, expires_in_seconds = 60 }, Cancel);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var made = (await answer.Content.ReadFromJsonAsync<JsonNode>(Cancel))!;
        var link = new Uri(made["url"]!.GetValue<string>());
        Assert.Equal(new Uri(_server.Url).Authority, link.Authority);
        Assert.Equal($"/portal/?session={made["id"]}", link.PathAndQuery);
        using var page = await owner.GetAsync(link.PathAndQuery, Cancel);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        using var visitor = new HttpClient
        {
            BaseAddress = new Uri(_server.Url),
            DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", link.Fragment["#token=".Length..]) },
        };

        var access = (await visitor.GetFromJsonAsync<JsonNode>("/api/v1/portal/session", Cancel))!;
        Assert.Equal(("portal_session", webhook), (access["kind"]!.GetValue<string>(), access["webhook_id"]!.GetValue<Guid>()));
        var listed = (await visitor.GetFromJsonAsync<JsonNode>(Webhooks, Cancel))!["data"]!.AsArray();
        Assert.Equal(webhook, Assert.Single(listed)!["id"]!.GetValue<Guid>());
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(visitor, $"{Webhooks}/{webhook}"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(visitor, $"{Webhooks}/{other}"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(visitor, Sessions));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(visitor, "/api/v1/stats?group_by=webhook"));

        using var revoked = await owner.DeleteAsync($"{Sessions}/{made["id"]}", Cancel);

        Assert.Equal(HttpStatusCode.NoContent, revoked.StatusCode);
        await Eventually.HoldsAsync(
            async () => await StatusAsync(visitor, Webhooks) == HttpStatusCode.Unauthorized, () => "the session is accepted", Cancel);
        Assert.NotNull((await owner.GetFromJsonAsync<JsonNode>(Sessions, Cancel))!["data"]![0]!["revoked_at"]);
    }

    [Fact]
    public async Task The_portal_is_served_with_what_its_page_loads()
    {
        using var browser = new HttpClient { BaseAddress = new Uri(_server.Url) };
        using var page = await browser.GetAsync("/portal/webhooks?status=failing", Cancel);
        var html = await page.Content.ReadAsStringAsync(Cancel);
        var script = Script().Match(html).Groups[1].Value;
        using var request = new HttpRequestMessage(HttpMethod.Get, script) { Headers = { AcceptEncoding = { new("br") } } };
        using var loaded = await browser.SendAsync(request, Cancel);
        using var head = await browser.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/portal/"), Cancel);
        var settings = (await browser.GetFromJsonAsync<JsonNode>("/portal/settings.json", Cancel))!;

        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Equal("no-cache", page.Headers.CacheControl!.ToString());
        Assert.Contains("frame-ancestors 'none'", page.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.OK, "br"), (loaded.StatusCode, Assert.Single(loaded.Content.Headers.ContentEncoding)));
        Assert.Equal(TimeSpan.FromDays(365), loaded.Headers.CacheControl!.MaxAge);
        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.Equal("/api/v1", settings["api"]!.GetValue<string>());
    }

    [GeneratedRegex("src=\"(/portal/assets/[^\"]+\\.js)\"")]
    private static partial Regex Script();

    private static async Task<Guid> RegisterAsync(HttpClient owner)
    {
        using var answer = await owner.PostAsJsonAsync(Webhooks, new { url = "http://127.0.0.1:1024/", events = new[] { "*" } }, Cancel);
        return (await answer.Content.ReadFromJsonAsync<JsonNode>(Cancel))!["id"]!.GetValue<Guid>();
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string path)
    {
        using var answer = await client.GetAsync(path, Cancel);
        return answer.StatusCode;
    }
}
