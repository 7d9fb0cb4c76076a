using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Webhooks.Api.Authentication;
using Webhooks.Core.Backlog;

namespace Webhooks.Api.Backlog;

/// <summary><c>/backlog</c>: what pending deliveries wait for.</summary>
internal static class BacklogEndpoints
{
    public static void MapBacklog(this IEndpointRouteBuilder api) =>
        api.MapGet("/backlog", GetAsync)
            .WithTags("Statistics")
            .WithName(OperationNames.GetBacklog)
            .WithSummary("Count pending deliveries by what they wait for")
            .WithDescription(
                $"As they are now, of all webhooks. At most {PendingBacklog.MostCounted} are counted: with more, `complete` is false.")
            .WithMetadata(new NarrowedToWebhook())
            .RequireAuthorization(Scopes.ReadWebhooks);

    private static async Task<Ok<BacklogResource>> GetAsync(
        ClaimsPrincipal user, PendingBacklog backlog, CancellationToken cancellationToken) =>
        TypedResults.Ok(BacklogResource.From(await backlog.ReadAsync(user.Reach(), cancellationToken)));
}
