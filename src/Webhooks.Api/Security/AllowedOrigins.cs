using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.Extensions.Configuration;
using Microsoft.Net.Http.Headers;
using Webhooks.Api.Authentication;
using Webhooks.Core;

namespace Webhooks.Api.Security;

/// <summary>
/// The origins whose pages may call the API (<c>Webhooks__AllowedOrigins</c>), as browsers write them. Each is named exactly, and none may
/// send cookies: a page has a token, or nothing.
/// </summary>
internal static class AllowedOrigins
{
    private const string Setting = "AllowedOrigins";

    /// <summary>Reads the setting.</summary>
    /// <returns>What browsers are told; null when no origin is named, and they are told nothing.</returns>
    /// <exception cref="InvalidSettingException">It does not name origins.</exception>
    public static CorsPolicy? From(IConfiguration configuration)
    {
        var origins = WebhooksOptions.Read(configuration.GetSection(WebhooksOptions.Section), Setting, Parse, []);
        return origins.Length == 0
            ? null
            : new CorsPolicyBuilder(origins)
                .WithMethods("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
                .WithHeaders(
                    HeaderNames.Authorization,
                    HeaderNames.ContentType,
                    HeaderNames.IfMatch,
                    HeaderNames.IfNoneMatch,
                    HeaderNames.TraceParent,
                    "Idempotency-Key",
                    OrganizationHeader.Name,
                    RequestIds.Header)
                .WithExposedHeaders(
                    HeaderNames.ETag,
                    HeaderNames.Location,
                    HeaderNames.RetryAfter,
                    HeaderNames.WWWAuthenticate,
                    "RateLimit",
                    "RateLimit-Policy",
                    "RateLimit-Limit",
                    "RateLimit-Remaining",
                    "RateLimit-Reset",
                    RequestIds.Header)
                .SetPreflightMaxAge(TimeSpan.FromHours(1))
                .Build();
    }

    private static string[] Parse(string text) =>
        [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(ParseOrigin)];

    private static string ParseOrigin(string text) =>
        WebOrigin.Is(text) ? text : throw new FormatException($"'{text}' is not an origin. {WebOrigin.Advice}");
}
