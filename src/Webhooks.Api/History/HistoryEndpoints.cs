using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Webhooks.Api.Authentication;
using Webhooks.Api.Deliveries;
using Webhooks.Api.Json;
using Webhooks.Api.Problems;
using Webhooks.Api.Requests;
using Webhooks.Core.History;

namespace Webhooks.Api.History;

/// <summary>
/// <c>/deliveries</c> and <c>/events</c>: an organization's history over all webhooks; and <c>/webhooks/{id}/explain</c>.
/// </summary>
internal static class HistoryEndpoints
{
    public static void MapHistory(this IEndpointRouteBuilder api)
    {
        api.MapGet("/deliveries", ListDeliveriesAsync)
            .WithTags("Deliveries")
            .WithName(OperationNames.ListAllDeliveries)
            .WithSummary("List the deliveries to all webhooks")
            .WithDescription("Newest first, by id; also those to webhooks that are deleted.")
            .WithMetadata(new NarrowedToWebhook())
            .RequireAuthorization(Scopes.ReadWebhooks);

        api.MapGet("/events", ListEventsAsync)
            .WithTags("Events")
            .WithName(OperationNames.ListEvents)
            .WithSummary("List the events, and what became of each")
            .WithDescription(
                "Newest first, by id. Events are known by their deliveries: one that no webhook wanted is not listed, and none is any "
                + "more when its deliveries are old enough to be dropped.")
            .WithMetadata(new NarrowedToWebhook())
            .RequireAuthorization(Scopes.ReadWebhooks);

        api.MapGet("/events/{event_id}", GetEventAsync)
            .WithTags("Events")
            .WithName(OperationNames.GetEvent)
            .WithSummary("Show an event with its deliveries")
            .WithDescription("An event that no webhook wanted leaves nothing behind: it is 404, as one that never was.")
            .WithMetadata(new NarrowedToWebhook())
            .RequireAuthorization(Scopes.ReadWebhooks);

        api.MapGet("/webhooks/{id}/explain", ExplainAsync)
            .WithTags("Webhooks")
            .WithName(OperationNames.ExplainWebhook)
            .WithSummary("Explain why an event did or did not reach a webhook")
            .WithDescription("One reason, and the facts that it follows from.")
            .RequireAuthorization(Scopes.ReadWebhooks);
    }

    private static async Task<Ok<ListPage<DeliveryResource>>> ListDeliveriesAsync(
        Query<HistoryDeliveryQuery> query, ClaimsPrincipal user, OrganizationHistory history, CancellationToken cancellationToken)
    {
        var (filter, limit, after) = query.Value;
        var page = await history.ListDeliveriesAsync(user.Reach(), filter, limit, after, cancellationToken);
        return TypedResults.Ok(new ListPage<DeliveryResource>([.. page.Items.Select(DeliveryResource.From)], Cursor.Encode(page.Next)));
    }

    private static async Task<Ok<ListPage<EventResource>>> ListEventsAsync(
        Query<HistoryEventQuery> query, ClaimsPrincipal user, OrganizationHistory history, CancellationToken cancellationToken)
    {
        var (filter, limit, after) = query.Value;
        var page = await history.ListEventsAsync(user.Reach(), filter, limit, after, cancellationToken);
        return TypedResults.Ok(new ListPage<EventResource>([.. page.Items.Select(EventResource.From)], Cursor.Encode(page.Next)));
    }

    private static async Task<Results<Ok<EventDetailResource>, NotFoundProblem>> GetEventAsync(
        [FromRoute(Name = "event_id")] ResourceId eventId,
        ClaimsPrincipal user,
        OrganizationHistory history,
        CancellationToken cancellationToken) =>
        await history.FindEventAsync(user.Reach(), eventId.Value, cancellationToken) is { } detail
            ? TypedResults.Ok(EventDetailResource.From(detail))
            : NotFoundProblem.Event;

    private static async Task<Results<Ok<ExplanationResource>, NotFoundProblem>> ExplainAsync(
        ResourceId id,
        Query<ExplainQuery> query,
        ClaimsPrincipal user,
        Explanations explanations,
        CancellationToken cancellationToken) =>
        await explanations.ExplainAsync(user.OrganizationId(), id.Value, query.Value.EventId, cancellationToken) is { } explanation
            ? TypedResults.Ok(ExplanationResource.From(explanation))
            : NotFoundProblem.Webhook;
}
