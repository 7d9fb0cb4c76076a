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
using Webhooks.Core.Redaction;

namespace Webhooks.Api.Redaction;

/// <summary><c>/webhooks/{id}/deliveries/{delivery_id}/redact</c>: what was sent and answered is erased.</summary>
internal static class RedactionEndpoints
{
    public static void MapRedaction(this IEndpointRouteBuilder api) =>
        api.MapPost("/webhooks/{id}/deliveries/{delivery_id}/redact", RedactAsync)
            .WithTags("Deliveries")
            .WithName(OperationNames.RedactDelivery)
            .WithSummary("Erase a delivery's payload and answers")
            .WithDescription(
                "The payload and what the receiver answered are erased now, for good; the delivery stays in the history with its attempts, "
                + "their times and statuses. A delivery that is `pending` is canceled; of an attempt that is under way, the answer is not "
                + "recorded. What is erased cannot be redelivered or recovered. It concerns this delivery only: the same event's "
                + "deliveries to other webhooks, and its redeliveries, have payloads of their own. A repeat changes nothing.")
            .RequireAuthorization(Scopes.WriteWebhooks);

    private static async Task<Results<Ok<DeliveryDetailResource>, NotFoundProblem>> RedactAsync(
        ResourceId id,
        [FromRoute(Name = "delivery_id")] ResourceId deliveryId,
        ClaimsPrincipal user,
        Redactions redactions,
        DeliveryHistory history,
        CancellationToken cancellationToken)
    {
        var organization = user.OrganizationId();
        return await redactions.RedactAsync(organization, id.Value, deliveryId.Value, cancellationToken)
            && await history.FindAsync(organization, id.Value, deliveryId.Value, cancellationToken) is { } delivery
            ? TypedResults.Ok(DeliveryDetailResource.From(delivery))
            : NotFoundProblem.Delivery;
    }
}
