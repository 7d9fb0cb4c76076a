using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Webhooks.Api.Authentication;
using Webhooks.Api.Problems;
using Webhooks.Api.Requests;
using Webhooks.Core.SentRequests;

namespace Webhooks.Api.SentRequests;

/// <summary><c>/webhooks/{id}/deliveries/{delivery_id}/request</c>: what a receiver got, to verify it again.</summary>
internal static class SentRequestEndpoints
{
    public static void MapSentRequests(this IEndpointRouteBuilder api) =>
        api.MapGet("/webhooks/{id}/deliveries/{delivery_id}/request", GetAsync)
            .WithTags("Deliveries")
            .WithName(OperationNames.GetDeliveryRequest)
            .WithSummary("Show the request of an attempt")
            .WithDescription(
                "With the headers and the very bytes that the receiver got, so that a verification can be tried on them. It is made again "
                + "from what is stored: URL and names of headers are those that the webhook has now, and so is the secret that signs. "
                + "Before the first attempt there is none, and none when it has been erased: 409.")
            .RequireAuthorization(Scopes.ReadWebhooks);

    private static async Task<Results<Ok<SentRequestResource>, NotFoundProblem, NotSent, DeliveryRedacted>> GetAsync(
        ResourceId id,
        [FromRoute(Name = "delivery_id")] ResourceId deliveryId,
        Query<SentRequestQuery> query,
        ClaimsPrincipal user,
        Core.SentRequests.SentRequests requests,
        CancellationToken cancellationToken) =>
        await requests.FindAsync(user.OrganizationId(), id.Value, deliveryId.Value, query.Value.Attempt, cancellationToken) switch
        {
            RequestLookup.Found found => TypedResults.Ok(SentRequestResource.From(found.Request)),
            RequestLookup.NotSent(var attempts) => new NotSent(attempts),
            RequestLookup.Redacted(var at) => new DeliveryRedacted(at),
            _ => NotFoundProblem.Delivery,
        };
}
