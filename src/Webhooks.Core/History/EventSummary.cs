namespace Webhooks.Core.History;

/// <summary>An event as the history lists it. It is known by its deliveries: of what no webhook wanted, there is none.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Event">Its type.</param>
/// <param name="Test">Whether it is the sample of a test delivery.</param>
/// <param name="CreatedAt">When its first delivery was stored, UTC.</param>
/// <param name="Outcomes">What became of it.</param>
public sealed record EventSummary(Guid Id, string Event, bool Test, DateTimeOffset CreatedAt, EventOutcomes Outcomes);
