using Webhooks.Core.Events;
using Webhooks.Core.Signals;

namespace Webhooks.Api.Requests;

/// <summary>Checks names of event types that callers give.</summary>
internal static class EventNames
{
    /// <summary>A name that is much longer than any event type's is neither compared nor repeated.</summary>
    private const int LongestRepeated = 100;

    /// <summary>
    /// Null when it is the name of an event type that webhooks may name, or else what is wrong, with the names that were perhaps meant.
    /// </summary>
    public static string? Problem(string name)
    {
        if (name.Length > LongestRepeated)
        {
            return "It is not an event type. GET /api/v1/webhooks/events/available lists all.";
        }

        if (EventCatalog.Find(name) is not null || OperationalEvents.Find(name) is not null)
        {
            return null;
        }

        var nearest = EventCatalog.Nearest(name, OperationalEvents.All);
        return nearest.Count > 0
            ? $"'{name}' is not an event type. Did you mean {string.Join(" or ", nearest)}?"
            : $"'{name}' is not an event type. GET /api/v1/webhooks/events/available lists all.";
    }
}
