using Webhooks.Api.Json;
using Webhooks.Core.Events;

namespace Webhooks.Api.Events;

/// <summary>Every event type that a webhook may name.</summary>
/// <param name="Data">By category.</param>
internal sealed record AvailableEvents(IReadOnlyList<EventCategory> Data)
{
    /// <summary>The catalog.</summary>
    public static AvailableEvents All { get; } = new(
    [
        .. EventCatalog.All
            .GroupBy(type => type.Category)
            .Select(category => new EventCategory(
                category.Key,
                [.. category.Select(type => new AvailableEvent(type.Name, type.Description, new RawJson(type.Sample)))])),
    ]);
}
