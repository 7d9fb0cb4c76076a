using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Webhooks.Api.Requests;

/// <summary>HEAD (RFC 9110, section 9.3.2): what GET answers, without the body, which the server leaves out by itself.</summary>
internal static class HeadRequests
{
    private static readonly HttpMethodMetadata _getOrHead = new([HttpMethods.Get, HttpMethods.Head]);

    /// <summary>Lets the group's endpoints that answer GET, or whatever method, answer GET and HEAD.</summary>
    public static RouteGroupBuilder AnswersHead(this RouteGroupBuilder group)
    {
        ((IEndpointConventionBuilder)group).Finally(endpoint =>
        {
            if (endpoint.Metadata.OfType<IHttpMethodMetadata>().LastOrDefault() is not { } methods
            || methods.HttpMethods.Contains(HttpMethods.Get))
            {
                endpoint.Metadata.Add(_getOrHead);
            }
        });
        return group;
    }
}
