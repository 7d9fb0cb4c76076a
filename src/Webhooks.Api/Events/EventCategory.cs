namespace Webhooks.Api.Events;

/// <summary>Event types that belong together.</summary>
/// <param name="Category">What they are about.</param>
/// <param name="Events">The event types.</param>
internal sealed record EventCategory(string Category, IReadOnlyList<AvailableEvent> Events);
