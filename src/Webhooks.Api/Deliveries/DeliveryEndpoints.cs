using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Webhooks.Api.Authentication;
using Webhooks.Api.Json;
using Webhooks.Api.Problems;
using Webhooks.Api.Requests;
using Webhooks.Core.Deliveries;

namespace Webhooks.Api.Deliveries;

/// <summary><c>/webhooks/{id}/deliveries</c>: what was sent to a webhook, and what came of it.</summary>
internal static class DeliveryEndpoints
{
    public static void MapDeliveries(this IEndpointRouteBuilder api)
    {
        var deliveries = api.MapGroup("/webhooks/{id}/deliveries").WithTags("Deliveries");

        deliveries.MapGet("/", ListAsync)
            .WithName(OperationNames.ListDeliveries)
            .WithSummary("List a webhook's deliveries")
            .WithDescription("Newest first, or in the order in which they came: see `order`.")
            .RequireAuthorization(Scopes.ReadWebhooks);

        deliveries.MapGet("/{delivery_id}", GetAsync)
            .WithName(OperationNames.GetDelivery)
            .WithSummary("Show a delivery")
            .WithDescription("With the payload as it is sent, and every attempt.")
            .RequireAuthorization(Scopes.ReadWebhooks);
    }

    private static async Task<Results<Ok<ListPage<DeliveryResource>>, NotFoundProblem>> ListAsync(
        ResourceId id,
        Query<DeliveryListQuery> query,
        ClaimsPrincipal user,
        DeliveryHistory history,
        DeliveryArrivals arrivals,
        CancellationToken cancellationToken)
    {
        var (filter, limit, after, place) = query.Value;
        if (place is { } unread)
        {
            return await arrivals.ListAsync(user.OrganizationId(), id.Value, filter, limit, unread, cancellationToken) is { } came
                ? TypedResults.Ok(
                    new ListPage<DeliveryResource>([.. came.Items.Select(DeliveryResource.From)], ArrivalCursor.Encode(came.Next)))
                : NotFoundProblem.Webhook;
        }

        return await history.ListAsync(user.OrganizationId(), id.Value, filter, limit, after, cancellationToken) is { } page
            ? TypedResults.Ok(new ListPage<DeliveryResource>([.. page.Items.Select(DeliveryResource.From)], Cursor.Encode(page.Next)))
            : NotFoundProblem.Webhook;
    }

    private static async Task<Results<Ok<DeliveryDetailResource>, NotFoundProblem>> GetAsync(
        ResourceId id,
        [FromRoute(Name = "delivery_id")] ResourceId deliveryId,
        ClaimsPrincipal user,
        DeliveryHistory history,
        HttpContext context,
        CancellationToken cancellationToken)
    {
        if (await history.FindAsync(user.OrganizationId(), id.Value, deliveryId.Value, cancellationToken) is not { } delivery)
        {
            return NotFoundProblem.Delivery;
        }

        var orchestration = context.Features.Get<IDeliveryOrchestrationFeature>() is { } orchestrations
            ? await orchestrations.FindAsync(delivery.Summary.Id, cancellationToken)
            : null;
        return TypedResults.Ok(DeliveryDetailResource.From(delivery, orchestration));
    }
}
