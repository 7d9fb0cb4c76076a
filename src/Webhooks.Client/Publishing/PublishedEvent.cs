namespace Webhooks.Client.Publishing;

/// <summary>An event that the platform accepted: its deliveries are stored and will be made.</summary>
/// <param name="Id">The event's id; receivers see it as <c>webhook-id</c>.</param>
/// <param name="Event">The event type.</param>
/// <param name="OrgId">The organization.</param>
/// <param name="Deliveries">
/// How many deliveries it has, one for each matching webhook that is active; the same when it is published again. What is only kept for
/// inactive webhooks, as skipped, is not counted.
/// </param>
public sealed record PublishedEvent(Guid Id, string Event, Guid OrgId, int Deliveries);
