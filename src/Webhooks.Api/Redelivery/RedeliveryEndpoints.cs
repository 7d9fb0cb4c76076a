using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Webhooks.Api.Authentication;
using Webhooks.Api.Deliveries;
using Webhooks.Api.Problems;
using Webhooks.Api.Requests;
using Webhooks.Core.Deliveries;
using Webhooks.Core.Redelivery;

namespace Webhooks.Api.Redelivery;

/// <summary><c>/webhooks/{id}/deliveries/{delivery_id}/redeliver</c>: a delivery is made again.</summary>
internal static class RedeliveryEndpoints
{
    public static void MapRedelivery(this IEndpointRouteBuilder api) =>
        api.MapPost("/webhooks/{id}/deliveries/{delivery_id}/redeliver", RedeliverAsync)
            .WithTags("Deliveries")
            .WithName(OperationNames.Redeliver)
            .WithSummary("Redeliver a delivery")
            .WithDescription(
                "Of a delivery that is finished, however it ended, this makes another one: the same event with the same payload, with "
                + "attempts of its own, the first of them now. It has an id of its own and names in `redelivery_of` the first delivery of "
                + "the event; the receiver sees the same `webhook-id`. Of a delivery that is `pending`, the next attempt is made now. A "
                + "repeat with the same `Idempotency-Key` is answered with the same delivery. What has been erased is not sent again: 409.")
            .RequireAuthorization(Scopes.WriteWebhooks);

    private static async Task<Results<Accepted<DeliveryResource>, NotFoundProblem, WebhookInactive, DeliveryRedacted, ReusedIdempotencyKey>>
        RedeliverAsync(
        ResourceId id,
        [FromRoute(Name = "delivery_id")] ResourceId deliveryId,
        IdempotencyKey key,
        ClaimsPrincipal user,
        Redeliveries redeliveries,
        DeliveryHistory history,
        CancellationToken cancellationToken)
    {
        var organization = user.OrganizationId();
        var request = key.ForRequest(body: default);
        return await redeliveries.RedeliverAsync(organization, id.Value, deliveryId.Value, request, cancellationToken) switch
        {
            Redelivered.WebhookInactive => new WebhookInactive(),
            Redelivered.Redacted(var at) => new DeliveryRedacted(at),
            Redelivered.KeyReused => new ReusedIdempotencyKey(),
            Redelivered.Due due when await history.FindAsync(organization, id.Value, due.DeliveryId, cancellationToken) is { } delivery =>
                TypedResults.Accepted((string?)null, DeliveryResource.From(delivery.Summary)),
            _ => NotFoundProblem.Delivery,
        };
    }
}
