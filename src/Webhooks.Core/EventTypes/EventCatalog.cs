using System.Collections.Frozen;
using System.Text.Json;
using Webhooks.Core.Postgres;

namespace Webhooks.Core.EventTypes;

/// <summary>The event types as they were at one time. It does not change: a change makes another.</summary>
public sealed class EventCatalog
{
    private const int MaxSuggestions = 3;
    private const int LongestLikelyName = 64;

    private readonly FrozenDictionary<string, EventType> _byName;
    private readonly FrozenDictionary<string, Validation> _validations;

    /// <param name="types">All event types, in the order in which they are shown.</param>
    /// <param name="before">The catalog before this: what it has compiled is not compiled again.</param>
    public EventCatalog(IEnumerable<EventType> types, EventCatalog? before = null)
    {
        _byName = types.ToFrozenDictionary(type => type.Name, StringComparer.Ordinal);
        All = [.. types.Where(type => !type.Archived).GroupBy(type => type.Category).SelectMany(category => category)];
        OfferedFirst = [.. All, .. types.Where(type => type.Archived)];
        _validations = types
            .Where(type => type.Validate && type.Schema is not null)
            .ToFrozenDictionary(type => type.Name, type => before?.Compiled(type) ?? new Validation(type.Schema!), StringComparer.Ordinal);
    }

    /// <summary>
    /// The types that every installation begins with, by the migration that makes them: what a process knows before it has asked its
    /// database.
    /// </summary>
    public static EventCatalog BuiltIn { get; } = new(LoadBuiltIn());

    /// <summary>All event types that are offered, grouped by category, in the order they are shown.</summary>
    public IReadOnlyList<EventType> All { get; }

    /// <summary>
    /// All event types, those that are offered before the others. There is always one: what is built in may be archived, not deleted.
    /// </summary>
    public IReadOnlyList<EventType> OfferedFirst { get; }

    /// <summary>The event type of that exact name, be it archived; null when there is none.</summary>
    public EventType? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>What the data of events of a type has to fit; null when it may be anything.</summary>
    public DataSchema? SchemaOf(EventType type) => _validations.GetValueOrDefault(type.Name)?.Compiled.Value;

    /// <summary>Up to three names that were perhaps meant, nearest first; empty when none is near.</summary>
    /// <param name="others">Event types that may be meant beside those of the catalog.</param>
    public IReadOnlyList<string> Nearest(string name, params IReadOnlyList<EventType> others)
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
    public IReadOnlyList<string> NearestKinds(string kind)
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

    private static EventType[] LoadBuiltIn()
    {
        const string Mark = "$types$";
        var migration = Migration.All.Single(migration => migration.Name.EndsWith("_event_types", StringComparison.Ordinal)).Sql;
        var from = migration.IndexOf(Mark, StringComparison.Ordinal) + Mark.Length;
        var listed = JsonElement.Parse(migration[from..migration.IndexOf(Mark, from, StringComparison.Ordinal)]);
        return [.. listed.EnumerateArray().Select(type => new EventType(
            Text(type, "name"), Text(type, "category"), Text(type, "description"), type.GetProperty("sample").GetRawText())
        {
            BuiltIn = true,
        })];

        static string Text(JsonElement type, string member) => type.GetProperty(member).GetString()!;
    }

    private Validation? Compiled(EventType type) =>
        _validations.TryGetValue(type.Name, out var known) && known.Schema == type.Schema ? known : null;

    /// <summary>A schema that is compiled when it is first used.</summary>
    /// <param name="Schema">JSON Schema, as JSON.</param>
    private sealed record Validation(string Schema)
    {
        /// <summary>Null when it cannot be used: somebody has stored it past the API.</summary>
        public Lazy<DataSchema?> Compiled { get; } = new(() => DataSchema.Compile(Schema, out _));
    }
}
