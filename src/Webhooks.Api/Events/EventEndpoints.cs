using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Webhooks.Api.Authentication;
using Webhooks.Api.OpenApi;
using Webhooks.Api.Problems;
using Webhooks.Api.Requests;
using Webhooks.Core;
using Webhooks.Core.Deliveries;
using Webhooks.Core.Events;

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
                "A single object is answered with the accepted event, an array with a list in the same order; of an array, all or none are accepted. "
                + "When the answer comes, the deliveries are stored. The same `id` again makes no second delivery.")
            .TakesJson(RequestDescription.PublishEvents)
            .RequireAuthorization(Scopes.PublishEvents);

        api.MapGet("/webhooks/events/available", ListAvailable)
            .WithTags("Events")
            .WithName(OperationNames.ListAvailableEvents)
            .WithSummary("List the event types")
            .WithDescription("Each with a sample of its `data`.")
            .RequireAuthorization(Scopes.ReadWebhooks);
    }

    private static async Task<Results<Accepted<PublishedEventResource>, Accepted<PublishedEventsResource>, InvalidRequest>> PublishAsync(
        HttpRequest request,
        ClaimsPrincipal user,
        EventMessageReader reader,
        EventPublisher publisher,
        IDeliveryDispatch dispatch,
        WebhooksOptions options,
        CancellationToken cancellationToken)
    {
        using var body = await RequestBody.ReadAsync(request, options.Limits.PublishBytes, cancellationToken);
        var read = reader.ReadMany(body.Bytes, PublishesForAny(user) ? null : user.OrganizationId());
        if (read.Errors.Count > 0)
        {
            return Refuse(read, body.Bytes.Length, options.Limits);
        }

        var published = await publisher.PublishAsync(read.Messages, cancellationToken);
        // The events are accepted: a client that goes away now does not keep them from being begun.
        await dispatch.DispatchAsync([.. published.SelectMany(accepted => accepted.NewDeliveries)], CancellationToken.None);
        return read.IsArray
            ? TypedResults.Accepted(uri: (string?)null, new PublishedEventsResource([.. published.Select(PublishedEventResource.From)]))
            : TypedResults.Accepted(uri: (string?)null, PublishedEventResource.From(published[0]));
    }

    private static Ok<AvailableEvents> ListAvailable() => TypedResults.Ok(AvailableEvents.All);

    private static bool PublishesForAny(ClaimsPrincipal user) => user.HasScope(Scopes.PublishEventsForAny);

    /// <summary>What is wrong with the text as a whole is told as for any other body; the rest by field.</summary>
    private static InvalidRequest Refuse(EventMessages read, int bytes, WebhooksLimits limits)
    {
        if (!read.Errors.TryGetValue("", out var messages))
        {
            return new InvalidRequest(read.Errors);
        }

        var tooLarge = !read.IsArray && bytes > limits.EventBytes;
        throw new BadHttpRequestException(
            string.Join(' ', messages),
            tooLarge ? StatusCodes.Status413PayloadTooLarge : StatusCodes.Status400BadRequest);
    }
}
