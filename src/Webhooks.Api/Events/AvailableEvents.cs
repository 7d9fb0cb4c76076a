using Webhooks.Api.Json;
using Webhooks.Core.EventTypes;
using Webhooks.Core.Signals;

namespace Webhooks.Api.Events;

/// <summary>Every event type that a webhook may name.</summary>
/// <param name="Data">What happens in the platform, by category.</param>
/// <param name="Operational">
/// What happens to webhooks themselves. A webhook gets these only if it names them, `*` does not, and never about itself.
/// </param>
internal sealed record AvailableEvents(IReadOnlyList<EventCategory> Data, IReadOnlyList<AvailableEvent> Operational)
{
    /// <summary>Those of a catalog that are offered.</summary>
    public static AvailableEvents Of(EventCatalog types) => new(
        [
            .. types.All
                .GroupBy(type => type.Category)
                .Select(category => new EventCategory(category.Key, [.. category.Select(Show)])),
        ],
        [.. OperationalEvents.All.Select(Show)]);

    private static AvailableEvent Show(EventType type) => new(type.Name, type.Description, new RawJson(type.Sample));
}
