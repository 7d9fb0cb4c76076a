using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Webhooks.Api.Problems;
using Webhooks.Core;

namespace Webhooks.Api.Authentication;

/// <summary>
/// The bounds of the portal's sessions, which hold before the operation runs: one for a webhook reaches the operations of that webhook, and
/// those that are marked as narrowing themselves to it. An operation that nobody has thought of is closed to it.
/// </summary>
internal static class PortalSessionReach
{
    private const string Id = "id";
    private const string OfOneWebhook = $"{ApiPaths.Webhooks}/{{{Id}}}";

    /// <summary>Lets a request that is authorized pass, unless it has a session that does not reach so far.</summary>
    public static Task ApplyAsync(HttpContext context, RequestDelegate next)
    {
        if (context.User.FindPortalSessionId() is null
            || context.GetEndpoint() is not RouteEndpoint endpoint
            || endpoint.Metadata.GetMetadata<IAuthorizeData>() is not { } needed)
        {
            return next(context);
        }

        if (endpoint.Metadata.GetMetadata<ClosedToPortalSessions>() is not null)
        {
            return Forbid("A session of the portal makes and ends no sessions and API keys.");
        }

        if (context.User.FindOnlyWebhookId() is not { } webhook || endpoint.Metadata.GetMetadata<NarrowedToWebhook>() is not null)
        {
            return next(context);
        }

        if (!IsOfOneWebhook(endpoint))
        {
            return Forbid("The session is for one webhook, and this is of the whole organization.");
        }

        return UuidText.TryParse(context.Request.RouteValues[Id] as string, out var asked) && asked == webhook
            ? next(context)
            : NotFoundProblem.Webhook.ExecuteAsync(context);

        Task Forbid(string detail) => AuthorizationAnswers.ForbidAsync(context.Response, needed.Policy ?? "", detail);
    }

    private static bool IsOfOneWebhook(RouteEndpoint endpoint) =>
        endpoint.RoutePattern.RawText is { } pattern
        && pattern.StartsWith(OfOneWebhook, StringComparison.Ordinal)
        && (pattern.Length == OfOneWebhook.Length || pattern[OfOneWebhook.Length] == '/');
}
