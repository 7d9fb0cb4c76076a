using Webhooks.Core.EventTypes;
using Webhooks.Core.Signals;
using Webhooks.Core.Webhooks;

namespace Webhooks.Api.Requests;

/// <summary>The check of the names of event types that callers give.</summary>
internal static class EventNames
{
    /// <summary>A name that is much longer than any event type's is neither compared nor repeated.</summary>
    private const int LongestRepeated = 100;

    /// <summary>
    /// Null when it is the name of an event type that webhooks may name, or else what is wrong, with the names that were perhaps meant.
    /// </summary>
    public static string? Problem(string name, EventCatalog types)
    {
        if (name.Length > LongestRepeated)
        {
            return Unknown("It");
        }

        if (types.Find(name) is not null || OperationalEvents.Find(name) is not null)
        {
            return null;
        }

        var nearest = types.Nearest(name, OperationalEvents.All);
        return nearest.Count > 0
            ? $"'{name}' is not an event type. Did you mean {string.Join(" or ", nearest)}?"
            : Unknown($"'{name}'");
    }

    /// <summary>
    /// Null when a webhook may list it: the name of an event type, <c>user.*</c> for those below <c>user.</c>, or <c>*</c> for all.
    /// </summary>
    public static string? ListedProblem(string name, EventCatalog types)
    {
        if (name.Length > LongestRepeated || !name.Contains('*', StringComparison.Ordinal))
        {
            return Problem(name, types);
        }

        return name == ListedEvents.All || (ListedEvents.IsWildcard(name) && ListedEvents.FirstOf(name, types) is not null)
            ? null
            : WildcardProblem(name, types);
    }

    private static string WildcardProblem(string name, EventCatalog types)
    {
        var stem = name.TrimEnd('*').TrimEnd('.');
        if (stem.Contains('*', StringComparison.Ordinal))
        {
            return $"'{name}' cannot be used: * stands alone for all event types, or at the end after a dot, as in user.*.";
        }

        if (OperationalEvents.All.Any(type => type.Name.StartsWith(stem + ".", StringComparison.Ordinal)))
        {
            return $"'{name}' cannot be used: operational events are listed by their names.";
        }

        var nearest = types.NearestKinds(stem).Select(kind => kind + ".*").ToArray();
        return nearest.Length > 0
            ? $"There is no event type that '{name}' stands for. Did you mean {string.Join(" or ", nearest)}?"
            : $"There is no event type that '{name}' stands for. GET /api/v1/webhooks/events/available lists all event types.";
    }

    private static string Unknown(string what) => $"{what} is not an event type. GET /api/v1/webhooks/events/available lists all.";
}
