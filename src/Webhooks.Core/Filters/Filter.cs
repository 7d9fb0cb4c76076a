namespace Webhooks.Core.Filters;

/// <summary>A filter: which of a webhook's events it gets, by what is in them.</summary>
/// <param name="Pattern">The JSON pattern, as it was given.</param>
/// <param name="Path">
/// The same as a jsonpath predicate on an event's data, with the variables <c>event</c> and <c>timestamp</c>; it is true or false, and
/// never neither.
/// </param>
/// <param name="Conditions">Its conditions, in the order of the pattern.</param>
public sealed record Filter(string Pattern, string Path, IReadOnlyList<FilterCondition> Conditions)
{
    /// <summary>The most conditions.</summary>
    public const int MostConditions = 32;

    /// <summary>The greatest depth of objects and arrays in one another.</summary>
    public const int GreatestDepth = 8;

    /// <summary>The most bytes of the pattern in UTF-8.</summary>
    public const int MostBytes = 4096;

    /// <summary>By their patterns: what follows from those is the same.</summary>
    public bool Equals(Filter? other) => other is not null && Pattern == other.Pattern;

    /// <inheritdoc/>
    public override int GetHashCode() => Pattern.GetHashCode(StringComparison.Ordinal);
}
