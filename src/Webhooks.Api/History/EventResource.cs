using Webhooks.Core.History;

namespace Webhooks.Api.History;

/// <summary>An event that at least one webhook wanted, also an inactive one.</summary>
/// <param name="Id">The event's id; receivers see it as `webhook-id`.</param>
/// <param name="Event">The event type.</param>
/// <param name="Test">Whether it is the sample that the operation TestWebhook sent.</param>
/// <param name="CreatedAt">When it was accepted, UTC.</param>
/// <param name="Deliveries">What became of it.</param>
internal sealed record EventResource(Guid Id, string Event, bool Test, DateTime CreatedAt, EventOutcomesResource Deliveries)
{
    public static EventResource From(EventSummary item) =>
        new(item.Id, item.Event, item.Test, item.CreatedAt.UtcDateTime, EventOutcomesResource.From(item.Outcomes));
}
