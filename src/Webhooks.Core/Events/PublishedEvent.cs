namespace Webhooks.Core.Events;

/// <summary>An accepted event: its deliveries are committed.</summary>
/// <param name="Id">The event's id (UUIDv7); receivers see it as <c>webhook-id</c>.</param>
/// <param name="OrgId">The organization.</param>
/// <param name="Event">The event type.</param>
/// <param name="Deliveries">
/// The number of deliveries it has, one for each matching webhook that is active; the same when an event is published again. Those that are
/// only kept for inactive webhooks, as skipped, are not among them.
/// </param>
/// <param name="NewDeliveries">
/// The ids of those that this call made and that are to be attempted: none when the event had been published before.
/// </param>
public sealed record PublishedEvent(
    Guid Id,
    Guid OrgId,
    string Event,
    int Deliveries,
    IReadOnlyList<Guid> NewDeliveries)
{
    /// <summary>How many others this call made, which wait until their receivers pull them.</summary>
    public int NewPulled { get; init; }
}
