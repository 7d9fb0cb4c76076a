namespace Webhooks.Core.EventTypes;

/// <summary>An event type that is to be there, as a request or a document has it.</summary>
/// <param name="Path">Where the document has it, before the names of its fields: <c>event_types[3].</c>; empty for a request's own.</param>
/// <param name="Name">Its name.</param>
/// <param name="Changes">What is said of it. What a new type is not given, it has by default.</param>
public sealed record NewEventType(string Path, string Name, EventTypeChanges Changes)
{
    /// <summary>The type when there was none of that name.</summary>
    public EventType Make() => Changes.ApplyTo(new EventType(Name, Category: "Other", Description: "", EventTypeRules.EmptySample));
}
