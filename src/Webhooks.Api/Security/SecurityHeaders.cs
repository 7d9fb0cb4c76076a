using Microsoft.AspNetCore.Http;
using Webhooks.Api.Requests;

namespace Webhooks.Api.Security;

/// <summary>
/// The headers that every answer has, errors included: no cache may keep what may hold secrets and payloads, and no browser guess what it
/// is, show it in a frame, run it or tell others where it came from. A page that differs says so itself.
/// </summary>
internal sealed class SecurityHeaders(ClientAddress addresses)
{
    /// <summary>What is no page needs nothing.</summary>
    private const string Policy = "default-src 'none'; frame-ancestors 'none'";

    private const string OneYear = "max-age=31536000";

    /// <summary>Has the headers set when the answer begins: what is set before is gone when an endpoint throws.</summary>
    public Task SetAsync(HttpContext context, RequestDelegate next)
    {
        context.Response.OnStarting(
            static state =>
            {
                var (headers, context) = ((SecurityHeaders, HttpContext))state;
                headers.Set(context);
                return Task.CompletedTask;
            },
            (this, context));
        return next(context);
    }

    private void Set(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers[RequestIds.Header] = context.TraceIdentifier;
        headers.TryAdd("Cache-Control", "no-store");
        headers.XContentTypeOptions = "nosniff";
        headers.TryAdd("Referrer-Policy", "no-referrer");
        headers.TryAdd("Content-Security-Policy", Policy);

        // RFC 6797, section 7.2: not over plain http.
        if (context.Request.IsHttps || (addresses.IsForwarded(context) && context.Request.Headers["X-Forwarded-Proto"] == "https"))
        {
            headers.StrictTransportSecurity = OneYear;
        }
    }
}
