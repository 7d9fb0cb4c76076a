using Microsoft.AspNetCore.Http;
using Webhooks.Api.Requests;

namespace Webhooks.Api.Portal;

/// <summary>
/// Where the portal is, for links to it: at the setting's origin, or at that which a request was sent to, as the trusted proxy that it came
/// through tells it.
/// </summary>
internal sealed class PortalAddress(PortalSettings settings, ClientAddress addresses)
{
    /// <summary>The portal's URL, without an end slash.</summary>
    public string Of(HttpRequest request) => (settings.PublicUrl ?? OriginOf(request)) + ApiPaths.Portal;

    private string OriginOf(HttpRequest request)
    {
        var (scheme, host) = (request.Scheme, request.Host);
        if (addresses.IsForwarded(request.HttpContext))
        {
            scheme = request.Headers["X-Forwarded-Proto"].ToString() is ("https" or "http") and var forwarded ? forwarded : scheme;
            host = request.Headers["X-Forwarded-Host"].ToString() is { Length: > 0 } name ? new HostString(name) : host;
        }

        return $"{scheme}://{host.ToUriComponent()}";
    }
}
