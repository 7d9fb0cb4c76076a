namespace Webhooks.Core.Events;

/// <summary>An event that is ready to be stored.</summary>
/// <param name="Identity">Its id, or how it gets one.</param>
/// <param name="Message">What was published.</param>
/// <param name="Timestamp">When it happened, UTC.</param>
/// <param name="TraceParent">What its attempts link to: the W3C traceparent of its publishing; null when that is not traced.</param>
internal sealed record IdentifiedEvent(EventIdentity Identity, EventMessage Message, DateTimeOffset Timestamp, string? TraceParent);
