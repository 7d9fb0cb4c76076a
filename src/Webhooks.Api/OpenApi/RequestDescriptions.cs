using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Webhooks.Api.OpenApi;

/// <summary>Says of endpoints what they take.</summary>
internal static class RequestDescriptions
{
    /// <summary>The endpoint reads a JSON body of bounded size.</summary>
    public static RouteHandlerBuilder TakesJson(this RouteHandlerBuilder endpoint, RequestDescription request) =>
        endpoint.WithMetadata(request).ProducesProblem(StatusCodes.Status413PayloadTooLarge);
}
