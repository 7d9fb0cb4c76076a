using Webhooks.Api.Json;
using Webhooks.Core.EventTypes;

namespace Webhooks.Api.EventTypes;

/// <summary>An event type, as those who operate the platform see it.</summary>
/// <param name="Name">What webhooks and events name.</param>
/// <param name="Category">The heading that it is listed under.</param>
/// <param name="Description">When it is published.</param>
/// <param name="Sample">A realistic `data` object.</param>
/// <param name="Schema">What `data` looks like: JSON Schema 2020-12; null when nothing is said of it.</param>
/// <param name="Validate">Whether an event is refused whose `data` does not fit the schema.</param>
/// <param name="Archived">Whether it is no longer offered. It may still be published, and is delivered.</param>
/// <param name="BuiltIn">Whether every installation has it; then it cannot be deleted.</param>
/// <param name="CreatedAt">When it was made, UTC.</param>
/// <param name="UpdatedAt">When it was last changed, UTC.</param>
internal sealed record EventTypeResource(
    string Name,
    string Category,
    string Description,
    RawJson Sample,
    RawJson? Schema,
    bool Validate,
    bool Archived,
    bool BuiltIn,
    DateTime CreatedAt,
    DateTime UpdatedAt)
{
    public static EventTypeResource From(EventType type) => new(
        type.Name,
        type.Category,
        type.Description,
        new RawJson(type.Sample),
        RawJson.From(type.Schema),
        type.Validate,
        type.Archived,
        type.BuiltIn,
        type.CreatedAt.UtcDateTime,
        type.UpdatedAt.UtcDateTime);
}
