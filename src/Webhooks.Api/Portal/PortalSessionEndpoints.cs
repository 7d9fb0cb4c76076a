using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Webhooks.Api.Authentication;
using Webhooks.Api.Json;
using Webhooks.Api.Problems;
using Webhooks.Api.Requests;
using Webhooks.Core.Organizations;
using Webhooks.Core.PortalSessions;

namespace Webhooks.Api.Portal;

/// <summary><c>/portal/sessions</c>: links to the portal; and <c>/portal/session</c>: what the portal asks about its own token.</summary>
internal static class PortalSessionEndpoints
{
    public static void MapPortalSessions(this IEndpointRouteBuilder api)
    {
        var portal = api.MapGroup("/portal").WithTags("Portal");

        portal.MapPost("/sessions", CreateAsync)
            .WithName(OperationNames.CreatePortalSession)
            .WithSummary("Make a link to the portal")
            .WithDescription(
                "For people of your organization, who need no token of their own: send them to `url`, or show it in a frame of a page "
                + "that the organization's `frame_ancestors` name. The answer shows the link this once. The session reaches the "
                + "organization's webhooks, or the one that is named and nothing else; it never makes keys or further sessions. It is "
                + "narrower than the token or key of this request, never wider, and ends with the key that made it.")
            .WithMetadata(new ClosedToPortalSessions())
            .WithMetadata(ProblemKind.OrganizationErased.Answer)
            .RequireAuthorization(Scopes.WriteWebhooks);

        portal.MapGet("/sessions", ListAsync)
            .WithName(OperationNames.ListPortalSessions)
            .WithSummary("List portal sessions")
            .WithDescription(
                $"Newest first, without their links. Those that have ended are listed for {PortalSessionStore.ListedFor.Days} days.")
            .RequireAuthorization(Scopes.ReadWebhooks);

        portal.MapDelete("/sessions/{session_id}", RevokeAsync)
            .WithName(OperationNames.RevokePortalSession)
            .WithSummary("Revoke a portal session")
            .WithDescription("Within a second, it is accepted nowhere any more.")
            .WithMetadata(new ClosedToPortalSessions())
            .RequireAuthorization(Scopes.WriteWebhooks);

        portal.MapGet("/session", GetAsync)
            .WithName(OperationNames.GetPortalSession)
            .WithSummary("Show what your token may see and do")
            .WithDescription("Of any token, key or session that is valid, whatever it allows.")
            .WithMetadata(new NarrowedToWebhook())
            .RequireAuthorization();
    }

    private static async Task<Results<Created<CreatedPortalSession>, NotAuthorized, NotFoundProblem, TooManyPortalSessions>> CreateAsync(
        Body<CreatePortalSessionBody> body,
        ClaimsPrincipal user,
        PortalAddress address,
        HttpRequest request,
        PortalSessionStore sessions,
        CancellationToken cancellationToken)
    {
        var wanted = body.Value.Session;
        if (Scopes.OfPortalSession(wanted.ReadOnly).Where(scope => !user.May(scope)).ToArray() is { Length: > 0 } wider)
        {
            return NotAuthorized.Wider("session", wider);
        }

        return await sessions.CreateAsync(user.OrganizationId(), wanted, cancellationToken) switch
        {
            PortalSessionCreation.Made made => TypedResults.Created(
                $"{ApiPaths.PortalSessions}/{made.Session.Id}", CreatedPortalSession.From(made, address.Of(request))),
            PortalSessionCreation.NoSuchWebhook => NotFoundProblem.Webhook,
            PortalSessionCreation.MakerRevoked => NotAuthorized.KeyRevoked,
            _ => new TooManyPortalSessions(),
        };
    }

    private static async Task<Ok<ListPage<PortalSessionResource>>> ListAsync(
        Query<PageQuery> query, ClaimsPrincipal user, PortalSessionStore sessions, CancellationToken cancellationToken)
    {
        var (limit, after) = query.Value;
        var page = await sessions.ListAsync(user.OrganizationId(), limit, after, cancellationToken);
        return TypedResults.Ok(
            new ListPage<PortalSessionResource>([.. page.Items.Select(PortalSessionResource.From)], Cursor.Encode(page.Next)));
    }

    private static async Task<Results<NoContent, NotFoundProblem>> RevokeAsync(
        [FromRoute(Name = "session_id")] ResourceId sessionId,
        ClaimsPrincipal user,
        PortalSessionStore sessions,
        CancellationToken cancellationToken) =>
        await sessions.RevokeAsync(user.OrganizationId(), sessionId.Value, cancellationToken)
            ? TypedResults.NoContent()
            : NotFoundProblem.PortalSession;

    private static async Task<Ok<PortalAccessResource>> GetAsync(
        HttpContext context, ClaimsPrincipal user, OrganizationStore organizations, CancellationToken cancellationToken)
    {
        var organization = user.FindOrganizationId();
        var name = organization is { } id ? await organizations.FindNameAsync(id, cancellationToken) : null;

        // The token was judged before; this only gives the result again.
        var expiresAt = (await context.AuthenticateAsync()).Properties?.ExpiresUtc;
        return TypedResults.Ok(new PortalAccessResource(
            KindOf(user),
            organization,
            name,
            user.FindOnlyWebhookId(),
            ReadOnly: !user.May(Scopes.WriteWebhooks),
            [.. Scopes.All.Where(user.HasScope)],
            expiresAt?.UtcDateTime));
    }

    private static string KindOf(ClaimsPrincipal user)
    {
        if (user.FindPortalSessionId() is not null)
        {
            return "portal_session";
        }

        return user.FindApiKeyId() is not null ? "api_key" : "token";
    }
}
