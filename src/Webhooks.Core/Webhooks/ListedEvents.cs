using System.Collections.Concurrent;
using Webhooks.Core.EventTypes;
using Webhooks.Core.Signals;

namespace Webhooks.Core.Webhooks;

/// <summary>
/// What a webhook may list as its events: the name of an event type; <c>user.*</c>, which stands for every type below <c>user.</c>; or
/// <c>*</c>, which stands for all. Types that the catalog gets later are among them; operational events only ever go by their own names.
/// </summary>
public static class ListedEvents
{
    /// <summary>Every event type.</summary>
    public const string All = "*";

    private const string AnyBelow = ".*";

    private static readonly ConcurrentDictionary<string, string[]> _namesOf = new(StringComparer.Ordinal);

    /// <summary>What a webhook lists that gets events of a type: one of these at least.</summary>
    /// <param name="eventType">An event type of the catalog, or an operational one.</param>
    public static IReadOnlyList<string> NamesOf(string eventType) => _namesOf.GetOrAdd(eventType, Names);

    /// <summary>Whether one of the names that a webhook lists stands for an event type.</summary>
    public static bool Include(IReadOnlyList<string> listed, string eventType) => NamesOf(eventType).Any(listed.Contains);

    /// <summary>The event type that an entry names, or the catalog's first that it stands for; null when there is none.</summary>
    /// <param name="listed">The entry.</param>
    /// <param name="types">The catalog.</param>
    public static EventType? FirstOf(string listed, EventCatalog types) => listed switch
    {
        All => types.OfferedFirst[0],
        _ when IsWildcard(listed) =>
            types.OfferedFirst.FirstOrDefault(type => type.Name.StartsWith(listed[..^1], StringComparison.Ordinal)),
        _ => types.Find(listed) ?? OperationalEvents.Find(listed),
    };

    /// <summary>Whether an entry has the form of <c>user.*</c>.</summary>
    public static bool IsWildcard(string listed) => listed.EndsWith(AnyBelow, StringComparison.Ordinal);

    private static string[] Names(string eventType)
    {
        if (OperationalEvents.Find(eventType) is not null)
        {
            return [eventType];
        }

        var names = new List<string> { eventType, All };
        for (var dot = eventType.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = eventType.IndexOf('.', dot + 1))
        {
            names.Add(eventType[..dot] + AnyBelow);
        }

        return [.. names];
    }
}
