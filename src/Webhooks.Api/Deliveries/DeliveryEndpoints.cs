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
using Webhooks.Core.Events;

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
            .WithDescription("Newest first.")
            .WithMetadata(DeliveryListQuery.Parameters)
            .RequireAuthorization(Scopes.ReadWebhooks);

        deliveries.MapGet("/{delivery_id}", GetAsync)
            .WithName(OperationNames.GetDelivery)
            .WithSummary("Show a delivery")
            .WithDescription("With the payload as it is sent, and every attempt.")
            .RequireAuthorization(Scopes.ReadWebhooks);
    }

    private static async Task<Results<Ok<ListPage<DeliveryResource>>, InvalidRequest, NotFoundProblem>> ListAsync(
        ResourceId id, HttpRequest request, ClaimsPrincipal user, DeliveryHistory history, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        if (DeliveryListQuery.Read(request.Query, errors) is not { } query)
        {
            return new InvalidRequest(errors);
        }

        return await history.ListAsync(user.OrganizationId(), id.Value, query.Filter, query.Limit, query.After, cancellationToken) is { } page
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
