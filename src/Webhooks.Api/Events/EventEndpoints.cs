using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Webhooks.Api.Authentication;
using Webhooks.Api.Requests;
using Webhooks.Core.Deliveries;
using Webhooks.Core.Events;
using Webhooks.Core.EventTypes;
using Webhooks.Core.Organizations;

namespace Webhooks.Api.Events;

/// <summary><c>/events</c> for those who publish, and <c>/webhooks/events/available</c> for those who choose what to receive.</summary>
internal static class EventEndpoints
{
    public static void MapEvents(this IEndpointRouteBuilder api)
    {
        api.MapPost("/events", PublishAsync)
            .WithTags("Events")
            .WithName(OperationNames.PublishEvents)
            .WithSummary("Publish an event, or many")
            .WithDescription(
                "A single object is answered with the accepted event, an array with a list in the same order; of an array, all or none are "
                + "accepted. When the answer comes, the deliveries are stored. The same event again, under the same `id`, makes no second "
                + "delivery, and none for a webhook that was made meanwhile; another event under it is answered with 409 and what differs. "
                + "Events of CloudEvents 1.0 are taken in their place, in JSON (structured, or an array of them) or in HTTP's binary "
                + "mode: `type` is `event`, `time` is `timestamp`, `source` and `id` together are `id`, `data` is `data`, and the "
                + "extension attribute `orgid` is `org_id`.")
            .RequireAuthorization(Scopes.PublishEvents);

        api.MapGet("/webhooks/events/available", ListAvailable)
            .WithTags("Events")
            .WithName(OperationNames.ListAvailableEvents)
            .WithSummary("List the event types")
            .WithDescription(
                "Each with a sample of its `data`. Those in `operational` tell of webhooks themselves: a webhook gets them only if it "
                + "names them, never by `*`, and never about itself.")
            .WithMetadata(new NarrowedToWebhook())
            .RequireAuthorization(Scopes.ReadWebhooks);
    }

    private static async Task<Results<Accepted<PublishedEventResource>, Accepted<PublishedEventsResource>, ReusedEventId,
        PublishRefused>> PublishAsync(
        Body<PublishEventsBody> body,
        PublishLimits limits,
        EventPublisher publisher,
        IDeliveryDispatch dispatch,
        HttpContext context,
        CancellationToken cancellationToken)
    {
        var (messages, isArray) = body.Value;
        var allowance = await limits.TakeAsync(messages, cancellationToken);
        if (allowance is { Granted: false })
        {
            return new PublishRefused(allowance);
        }

        RateLimitHeaders.Write(context.Response, allowance);
        IReadOnlyList<PublishedEvent> published;
        try
        {
            published = await publisher.PublishAsync(messages, cancellationToken);
        }
        catch (ReusedKeyException reused)
        {
            return new ReusedEventId(reused, isArray);
        }

        // The events are accepted: a client that goes away now does not keep them from being begun.
        await dispatch.DispatchAsync([.. published.SelectMany(accepted => accepted.NewDeliveries)], CancellationToken.None);
        return isArray
            ? TypedResults.Accepted(uri: (string?)null, new PublishedEventsResource([.. published.Select(PublishedEventResource.From)]))
            : TypedResults.Accepted(uri: (string?)null, PublishedEventResource.From(published[0]));
    }

    private static Ok<AvailableEvents> ListAvailable(KnownEventTypes types) => TypedResults.Ok(AvailableEvents.Of(types.Current));
}
