using System.Collections.Frozen;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Webhooks.Core.Events;

/// <summary>The 30 event types of the platform, in 6 categories; they are written down in EventCatalog.json.</summary>
public static class EventCatalog
{
    private const int MaxSuggestions = 3;
    private const int LongestLikelyName = 64;

    private static readonly JsonSerializerOptions _compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly FrozenDictionary<string, EventType> _byName;

    static EventCatalog()
    {
        All = Load();
        _byName = All.ToFrozenDictionary(type => type.Name, StringComparer.Ordinal);
    }

    /// <summary>All event types, grouped by category, in the order they are shown.</summary>
    public static IReadOnlyList<EventType> All { get; }

    /// <summary>The event type of that exact name, or null.</summary>
    public static EventType? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Up to three names that were perhaps meant, nearest first; empty when none is near.</summary>
    /// <param name="others">Event types that may be meant beside those of the catalog.</param>
    public static IReadOnlyList<string> Nearest(string name, params IReadOnlyList<EventType> others)
    {
        var written = name.Trim().ToLowerInvariant();
        if (written.Length is 0 or > LongestLikelyName)
        {
            return [];
        }

        var byDistance = All
            .Concat(others)
            .Select(type => (type.Name, Distance: EditDistance.Between(written, type.Name)))
            .OrderBy(candidate => candidate.Distance)
            .ToArray();
        var near = byDistance.Where(candidate => IsSlip(written, candidate.Distance) || IsPart(written, candidate.Name));
        var related = byDistance.Where(candidate => SharePrefix(written, candidate.Name));
        return [.. (near.Any() ? near : related).Take(MaxSuggestions).Select(candidate => candidate.Name)];
    }

    /// <summary>Up to three kinds that were perhaps meant, as <c>user</c> by <c>usr</c>, nearest first; empty when none is near.</summary>
    public static IReadOnlyList<string> NearestKinds(string kind)
    {
        var written = kind.Trim().ToLowerInvariant();
        return written.Length is 0 or > LongestLikelyName
            ? []
            : [.. All
                .Select(type => type.Name[..type.Name.IndexOf('.', StringComparison.Ordinal)])
                .Distinct(StringComparer.Ordinal)
                .Select(known => (Name: known, Distance: EditDistance.Between(written, known)))
                .Where(candidate => candidate.Distance <= 1 + (written.Length / 4))
                .OrderBy(candidate => candidate.Distance)
                .Take(MaxSuggestions)
                .Select(candidate => candidate.Name)];
    }

    /// <summary>As <c>user.craeted</c> is of <c>user.created</c>.</summary>
    private static bool IsSlip(string written, int distance) => distance <= Math.Min(3, written.Length / 4);

    /// <summary>As <c>payment.fail</c> is of <c>payment.failed</c>, and <c>email_verified</c> of <c>user.email_verified</c>.</summary>
    private static bool IsPart(string written, string name) =>
        name.StartsWith(written, StringComparison.Ordinal) || name.EndsWith(written, StringComparison.Ordinal);

    /// <summary>As <c>user.signup</c> and <c>user.login</c> do.</summary>
    private static bool SharePrefix(string written, string name) =>
        written.StartsWith(name[..(name.IndexOf('.', StringComparison.Ordinal) + 1)], StringComparison.Ordinal);

    private static EventType[] Load()
    {
        using var file = typeof(EventCatalog).Assembly.GetManifestResourceStream(typeof(EventCatalog), "EventCatalog.json")!;
        var groups = JsonSerializer.Deserialize<Group[]>(file, JsonSerializerOptions.Web)!;
        return [.. groups.SelectMany(group => group.Types.Select(type =>
            new EventType(type.Name, group.Category, type.Description, JsonSerializer.Serialize(type.Sample, _compact))))];
    }

    private sealed record Group(string Category, Entry[] Types);

    private sealed record Entry(string Name, string Description, JsonElement Sample);
}
