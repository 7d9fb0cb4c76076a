namespace Webhooks.Core.EventTypes;

/// <summary>What an import did.</summary>
/// <param name="Created">The names of types that there were not.</param>
/// <param name="Updated">The names of types that are different now.</param>
/// <param name="Unchanged">The names of types that were the same.</param>
public sealed record ImportedEventTypes(IReadOnlyList<string> Created, IReadOnlyList<string> Updated, IReadOnlyList<string> Unchanged);
