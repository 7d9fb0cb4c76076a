using Webhooks.Core.Events;

namespace Webhooks.Api.Events;

/// <summary>An accepted event. Its deliveries are stored and will be made.</summary>
/// <param name="Id">The event's id; receivers see it as `webhook-id`.</param>
/// <param name="Event">The event type.</param>
/// <param name="OrgId">The organization.</param>
/// <param name="Deliveries">
/// How many deliveries it has, one for each matching webhook that is active; the same when it is published again. What is only kept for
/// inactive webhooks, as `skipped`, is not counted.
/// </param>
internal sealed record PublishedEventResource(Guid Id, string Event, Guid OrgId, int Deliveries)
{
    public static PublishedEventResource From(PublishedEvent published) =>
        new(published.Id, published.Event, published.OrgId, published.Deliveries);
}
