using Webhooks.Core.History;

namespace Webhooks.Api.History;

/// <summary>The event that is explained.</summary>
/// <param name="Id">The event's id.</param>
/// <param name="Event">The event type.</param>
/// <param name="CreatedAt">When it was accepted, UTC.</param>
internal sealed record ExplainedEventResource(Guid Id, string Event, DateTime CreatedAt)
{
    public static ExplainedEventResource From(ExplainedEvent item) => new(item.Id, item.Event, item.CreatedAt.UtcDateTime);
}
