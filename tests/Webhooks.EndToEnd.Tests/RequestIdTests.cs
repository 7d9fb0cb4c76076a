using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Webhooks.Testing;

namespace Webhooks.EndToEnd.Tests;

/// <summary>What both hosts say in every answer, and to browsers.</summary>
[Trait("Host", "both")]
public sealed class RequestIdTests
{
    private const string Origin = "https://portal.example.com";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_answer_has_the_requests_id_and_is_safe_in_browsers_and_pages_of_allowed_origins_may_read_it()
    {
        await using var installation = await Installation.CreateAsync(
            new Dictionary<string, string> { ["Webhooks__AllowedOrigins"] = Origin });
        var server = await installation.StartServerAsync();
        using var client = server.CreateClient(Guid.NewGuid());
        client.DefaultRequestHeaders.Add("X-Request-Id", "order-42");
        client.DefaultRequestHeaders.Add("Origin", Origin);

        using var answer = await client.GetAsync($"/api/v1/webhooks/{Guid.NewGuid()}", Cancel);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("order-42", (await answer.Content.ReadFromJsonAsync<JsonNode>(Cancel))!["request_id"]!.GetValue<string>());
        (string Name, string Value)[] headers =
        [
            ("X-Request-Id", "order-42"), ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"),
            ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"), ("Access-Control-Allow-Origin", Origin),
        ];
        Assert.All(headers, header => Assert.Equal([header.Value], answer.Headers.GetValues(header.Name)));
        Assert.Contains("no-store", answer.Headers.CacheControl!.ToString(), StringComparison.Ordinal);

        using var preflight = new HttpRequestMessage(HttpMethod.Options, "/api/v1/webhooks")
        {
            Headers = { { "Access-Control-Request-Method", "GET" }, { "Access-Control-Request-Headers", "authorization" } },
        };
        using var told = await client.SendAsync(preflight, Cancel);
        Assert.Equal(HttpStatusCode.NoContent, told.StatusCode);
        Assert.Equal([Origin], told.Headers.GetValues("Access-Control-Allow-Origin"));
    }
}
