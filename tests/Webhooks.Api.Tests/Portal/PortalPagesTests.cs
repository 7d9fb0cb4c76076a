using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Webhooks.Api.Authentication;
using Webhooks.Api.Portal;
using Webhooks.Api.Tests.Authentication;
using Webhooks.Api.Tests.Hosting;
using Webhooks.Testing;

namespace Webhooks.Api.Tests.Portal;

/// <summary>How the portal's files are served, whatever they are: here are some.</summary>
public sealed class PortalPagesTests(SharedApi api) : IAsyncLifetime
{
    private const string Page = "<!doctype html><title>Webhooks</title>";
    private const string Authority = "https://login.example.com/tenant";
    private const string Script = "console.log('portal')";

    private static readonly Dictionary<string, string?> _signIn = new()
    {
        ["Webhooks:Auth:Authority"] = Authority,
        ["Webhooks:Auth:Audience"] = "webhooks",
        ["Webhooks:Portal:ClientId"] = "portal",
        ["Webhooks:Portal:Scope"] = "openid api://webhooks/.default",
        ["Webhooks:Portal:Audience"] = "api",
    };

    private readonly TemporaryDirectory _folder = new();
    private readonly Guid _org = Guid.NewGuid();

    private ApiServer _server = null!;
    private HttpClient _browser = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Path.Combine(_folder.Path, "assets"));
        await WriteAsync("index.html", Page);
        await WriteAsync("icon.svg", "<svg/>");
        await WriteAsync("assets/index-abc123.js", Script);
        await WriteAsync("assets/index-abc123.js.br", "as brotli");
        await WriteAsync("assets/index-abc123.js.gz", "as gzip");
        _server = await StartAsync(_folder.Path);
        _browser = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = _server.Url };
    }

    public async ValueTask DisposeAsync()
    {
        _browser.Dispose();
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("/portal/")]
    [InlineData("/portal/?session=01980000-0000-7000-8000-000000000000")]
    [InlineData("/portal/index.html")]
    [InlineData("/portal/webhooks/01980000-0000-7000-8000-000000000000/deliveries?status=failed")]
    [InlineData("/portal/../portal/webhooks")]
    public async Task Whatever_is_no_file_is_the_page_which_is_asked_for_again_each_time(string path)
    {
        using var answer = await _browser.GetAsync(path, Cancel);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(Page, await answer.Content.ReadAsStringAsync(Cancel));
        Assert.Equal("text/html", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal("no-cache", answer.Headers.CacheControl!.ToString());
        using var again = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { IfNoneMatch = { answer.Headers.ETag! } } };
        using var unchanged = await _browser.SendAsync(again, Cancel);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
        Assert.Equal(Policy(answer), Policy(unchanged));
    }

    [Theory]
    [InlineData("", null, Script)]
    [InlineData("br, gzip", "br", "as brotli")]
    [InlineData("gzip, deflate, br", "br", "as brotli")]
    [InlineData("gzip", "gzip", "as gzip")]
    [InlineData("br;q=0, gzip;q=0.5", "gzip", "as gzip")]
    [InlineData("zstd", null, Script)]
    public async Task A_file_with_its_hash_in_its_name_is_kept_for_a_year_and_sent_compressed(string accepted, string? coding, string text)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/portal/assets/index-abc123.js");
        request.Headers.TryAddWithoutValidation("Accept-Encoding", accepted);

        using var answer = await _browser.SendAsync(request, Cancel);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(text, await answer.Content.ReadAsStringAsync(Cancel));
        Assert.Equal(coding is null ? [] : [coding], answer.Content.Headers.ContentEncoding);
        Assert.Equal("text/javascript", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal(["Accept-Encoding"], answer.Headers.Vary);
        var caching = answer.Headers.CacheControl!;
        Assert.Equal((true, TimeSpan.FromDays(365)), (caching.Public, caching.MaxAge));
        Assert.Contains(caching.Extensions, extension => extension.Name == "immutable");
    }

    [Fact]
    public async Task Another_file_is_asked_for_again_and_its_compressed_form_is_no_file_of_its_own()
    {
        using var icon = await _browser.GetAsync("/portal/icon.svg", Cancel);
        using var compressed = await _browser.GetAsync("/portal/assets/index-abc123.js.br", Cancel);

        Assert.Equal(("image/svg+xml", "no-cache"), (
            icon.Content.Headers.ContentType!.MediaType, icon.Headers.CacheControl!.ToString()));
        Assert.Equal(HttpStatusCode.NotFound, compressed.StatusCode);
    }

    [Fact]
    public async Task A_hashed_file_that_there_is_no_more_is_not_the_page()
    {
        using var answer = await _browser.GetAsync("/portal/assets/index-000000.js", Cancel);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task The_address_without_an_end_slash_leads_to_the_one_with_it()
    {
        using var answer = await _browser.GetAsync("/portal?session=1&theme=dark", Cancel);

        Assert.Equal((HttpStatusCode.Found, "/portal/?session=1&theme=dark"), (answer.StatusCode, answer.Headers.Location!.ToString()));
    }

    [Theory]
    [InlineData("/portal/")]
    [InlineData("/portal/settings.json")]
    [InlineData("/portal/assets/index-abc123.js")]
    public async Task Head_answers_what_get_does_without_the_body(string path)
    {
        using var got = await _browser.GetAsync(path, Cancel);
        using var request = new HttpRequestMessage(HttpMethod.Head, path);

        using var answer = await _browser.SendAsync(request, Cancel);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(got.Content.Headers.ContentType, answer.Content.Headers.ContentType);
        Assert.Equal(got.Headers.ETag, answer.Headers.ETag);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync(Cancel));
    }

    [Fact]
    public async Task The_page_runs_no_scripts_but_its_own_and_calls_this_api_alone()
    {
        using var answer = await _browser.GetAsync("/portal/", Cancel);

        Assert.Equal(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; manifest-src 'self'; "
            + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            Policy(answer));
        Assert.Equal(["nosniff"], answer.Headers.GetValues("X-Content-Type-Options"));
        Assert.Equal(["no-referrer"], answer.Headers.GetValues("Referrer-Policy"));
    }

    [Fact]
    public async Task A_sessions_page_is_shown_in_the_frames_of_its_organization_also_when_it_has_ended()
    {
        using var owner = _server.For(_org);
        using var admin = _server.ForNoOrganization(Scopes.Admin);
        (await admin.Patch(
            $"/api/v1/organizations/{_org}",
            """{"frame_ancestors":["https://app.example.com","https://b.example.com"],"refresh_url":"https://app.example.com/again"}"""))
            .MustBe(HttpStatusCode.OK);
        var made = (await owner.Post("/api/v1/portal/sessions")).MustBe(HttpStatusCode.Created);
        var id = made["id"].GetGuid();
        var link = new Uri(made["url"].GetString()!).PathAndQuery;

        foreach (var ended in new[] { false, true })
        {
            if (ended)
            {
                (await owner.Delete($"/api/v1/portal/sessions/{id}")).MustBe(HttpStatusCode.NoContent);
            }

            using var page = await _browser.GetAsync(link, Cancel);
            Assert.EndsWith(
                "; frame-ancestors https://app.example.com https://b.example.com", Policy(page), StringComparison.Ordinal);
            Assert.Equal(
                "https://app.example.com/again",
                (await _browser.Get($"/portal/settings.json?session={id}"))["refresh_url"].GetString());
        }

        using var another = await _browser.GetAsync($"/portal/?session={Guid.NewGuid()}", Cancel);
        Assert.EndsWith("; frame-ancestors 'none'", Policy(another), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sessions_page_is_shown_also_when_its_organization_has_no_wishes_of_its_own()
    {
        using var owner = _server.For(_org);
        var made = (await owner.Post("/api/v1/portal/sessions")).MustBe(HttpStatusCode.Created);

        using var page = await _browser.GetAsync(new Uri(made["url"].GetString()!).PathAndQuery, Cancel);
        var settings = await _browser.Get($"/portal/settings.json?session={made["id"].GetGuid()}");

        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.EndsWith("; frame-ancestors 'none'", Policy(page), StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, settings.MustBe(HttpStatusCode.OK)["refresh_url"].ValueKind);
    }

    [Fact]
    public async Task The_portal_is_told_where_the_api_is_without_a_token()
    {
        var settings = (await _browser.Get("/portal/settings.json")).MustBe(HttpStatusCode.OK);

        Assert.Equal("""{"api":"/api/v1","version":"0.1.0","oidc":null,"refresh_url":null}""", settings.Text);
        Assert.Equal("no-store", settings.Headers.CacheControl!.ToString());
    }

    [Fact]
    public async Task The_portal_is_told_how_to_sign_in_and_may_call_the_authority()
    {
        var authority = new FakeAuthority(Authority);
        await using var server = await StartAsync(_folder.Path, _signIn, authority);
        using var browser = server.Anonymous();

        var settings = await browser.Get("/portal/settings.json");

        Assert.Equal(
            $$"""{"authority":"{{Authority}}","client_id":"portal","scope":"openid api://webhooks/.default","audience":"api"}""",
            settings["oidc"].GetRawText());
        Assert.Contains("connect-src 'self' https://login.example.com;", await PolicyAsync(browser), StringComparison.Ordinal);
        await PolicyAsync(browser);
        Assert.Equal(1, authority.Discoveries);
    }

    [Theory]
    [InlineData("https://tokens.example.net:8443/token", "'self' https://login.example.com https://tokens.example.net:8443;")]
    [InlineData("http://tokens.example.net/token", "'self' https://login.example.com;")]
    [InlineData("https://*.example.net/token", "'self' https://login.example.com;")]
    [InlineData("nowhere", "'self' https://login.example.com;")]
    public async Task The_portal_may_call_the_token_endpoint_wherever_the_authority_has_it(string endpoint, string callable)
    {
        await using var server = await StartAsync(_folder.Path, _signIn, new FakeAuthority(Authority) { TokenEndpoint = endpoint });
        using var browser = server.Anonymous();

        Assert.Contains($"connect-src {callable}", await PolicyAsync(browser), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_is_served_while_the_authority_is_down_and_asks_it_again()
    {
        var authority = new FakeAuthority(Authority) { Down = true, TokenEndpoint = "https://tokens.example.net/token" };
        await using var server = await StartAsync(_folder.Path, _signIn, authority);
        using var browser = server.Anonymous();

        Assert.Contains("connect-src 'self' https://login.example.com;", await PolicyAsync(browser), StringComparison.Ordinal);
        Assert.Contains(server.Logs.Lines, line => line.Text.Contains("cannot be read", StringComparison.Ordinal));

        authority.Down = false;
        await Eventually.HoldsAsync(
            async () => (await PolicyAsync(browser)).Contains("https://tokens.example.net;", StringComparison.Ordinal),
            () => "The page does not know of the token endpoint.",
            Cancel);
    }

    [Fact]
    public async Task An_installation_that_was_built_without_the_portal_says_so()
    {
        await using var server = await StartAsync(Path.Combine(_folder.Path, "nothing"));
        using var browser = server.Anonymous();

        var answer = (await browser.Get("/portal/")).MustBeProblem(HttpStatusCode.NotFound, "not-found");

        Assert.Contains("built without", answer["detail"].GetString(), StringComparison.Ordinal);
    }

    private Task<ApiServer> StartAsync(
        string folder, IReadOnlyDictionary<string, string?>? settings = null, FakeAuthority? authority = null) => ApiServer.StartAsync(
        api.Database.ConnectionString,
        adjust: services =>
        {
            services.AddSingleton(PortalFiles.Read(folder));
            if (authority is not null)
            {
                services.AddHttpClient(SignInOrigins.Client).ConfigurePrimaryHttpMessageHandler(() => authority);
            }
        },
        settings: settings);

    private static async Task<string> PolicyAsync(HttpClient browser)
    {
        using var page = await browser.GetAsync("/portal/", Cancel);
        return Policy(page);
    }

    private static string Policy(HttpResponseMessage answer) => Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));

    private Task WriteAsync(string path, string text) =>
        File.WriteAllTextAsync(Path.Combine(_folder.Path, path), text, new UTF8Encoding(false), Cancel);
}
