using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Webhooks.Api.Authentication;
using Webhooks.Api.Requests;
using Webhooks.Core.Audit;

namespace Webhooks.Api.Audit;

/// <summary>
/// The middleware that says on whose behalf a request changes things: for as long as it is handled, in whatever it calls.
/// </summary>
/// <param name="addresses">Finds the address of a request's caller.</param>
internal sealed class RequestActor(ClientAddress addresses)
{
    private const string Subject = "sub";

    public async Task SetAsync(HttpContext context, RequestDelegate next)
    {
        Actor.Current = Of(context);
        await next(context);
    }

    private Actor Of(HttpContext context)
    {
        var (kind, id) = Identity(context.User);
        return new Actor(kind, id, addresses.Of(context)?.ToString(), context.TraceIdentifier);
    }

    private static (ActorKind Kind, string? Id) Identity(ClaimsPrincipal user)
    {
        if (user.FindApiKeyId() is { } key)
        {
            return (ActorKind.Key, key.ToString());
        }

        return user.FindPortalSessionId() is { } session
            ? (ActorKind.Session, session.ToString())
            : (ActorKind.User, user.FindFirst(Subject)?.Value);
    }
}
