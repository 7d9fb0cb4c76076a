namespace Webhooks.Core.History;

/// <summary>The event of an <see cref="Explanation"/>.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Event">Its type.</param>
/// <param name="CreatedAt">When its first delivery was stored, UTC.</param>
public sealed record ExplainedEvent(Guid Id, string Event, DateTimeOffset CreatedAt);
