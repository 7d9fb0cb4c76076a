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
using Webhooks.Core.Cancellation;
using Webhooks.Core.Deliveries;

namespace Webhooks.Api.Cancellation;

/// <summary>
/// <c>…/deliveries/{delivery_id}/cancel</c> and <c>…/deliveries/cancel</c>: pending deliveries that are not wanted any more.
/// </summary>
internal static class CancellationEndpoints
{
    public static void MapCancellation(this IEndpointRouteBuilder api)
    {
        var deliveries = api.MapGroup("/webhooks/{id}/deliveries").WithTags("Deliveries");

        deliveries.MapPost("/{delivery_id}/cancel", CancelAsync)
            .WithName(OperationNames.CancelDelivery)
            .WithSummary("Cancel a delivery")
            .WithDescription(
                "It gets no more attempts. If one is under way, the delivery is still `pending` in the answer: the attempt is the last, "
                + "and the delivery is `succeeded` if it is answered with 2xx, and otherwise `canceled`. A delivery that is "
            + "finished is 409.")
            .RequireAuthorization(Scopes.WriteWebhooks);

        deliveries.MapPost("/cancel", CancelBacklogAsync)
            .WithName(OperationNames.CancelDeliveries)
            .WithSummary("Cancel a webhook's pending deliveries")
            .WithDescription(
                "All that were created before a time, oldest first. What is canceled stays so if the call breaks off. When `complete` is "
                + "false, the time for one call was not enough: call again for the rest.")
            .RequireAuthorization(Scopes.WriteWebhooks);
    }

    private static async Task<Results<Accepted<DeliveryResource>, NotFoundProblem, DeliveryFinished>> CancelAsync(
        ResourceId id,
        [FromRoute(Name = "delivery_id")] ResourceId deliveryId,
        ClaimsPrincipal user,
        Cancellations cancellations,
        DeliveryHistory history,
        CancellationToken cancellationToken)
    {
        var organization = user.OrganizationId();
        return await cancellations.CancelAsync(organization, id.Value, deliveryId.Value, cancellationToken) switch
        {
            DeliveryStatus.Pending
                when await history.FindAsync(organization, id.Value, deliveryId.Value, cancellationToken) is { } delivery =>
                TypedResults.Accepted((string?)null, DeliveryResource.From(delivery.Summary)),
            DeliveryStatus.Pending or null => NotFoundProblem.Delivery,
            { } finished => new DeliveryFinished(finished),
        };
    }

    private static async Task<Results<Accepted<CanceledDeliveries>, NotFoundProblem>> CancelBacklogAsync(
        ResourceId id,
        Body<CancelDeliveriesBody> body,
        ClaimsPrincipal user,
        Cancellations cancellations,
        CancellationToken cancellationToken) =>
        await cancellations.CancelBacklogAsync(user.OrganizationId(), id.Value, body.Value.CreatedBefore, cancellationToken) is { } canceled
            ? TypedResults.Accepted((string?)null, CanceledDeliveries.From(canceled))
            : NotFoundProblem.Webhook;
}
