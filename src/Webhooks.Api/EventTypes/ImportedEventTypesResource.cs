using Webhooks.Core.EventTypes;

namespace Webhooks.Api.EventTypes;

/// <summary>What an import did, by the names of the event types.</summary>
/// <param name="Created">Those that there were not.</param>
/// <param name="Updated">Those that are different now.</param>
/// <param name="Unchanged">Those that were the same.</param>
internal sealed record ImportedEventTypesResource(
    IReadOnlyList<string> Created, IReadOnlyList<string> Updated, IReadOnlyList<string> Unchanged)
{
    public static ImportedEventTypesResource From(ImportedEventTypes imported) =>
        new(imported.Created, imported.Updated, imported.Unchanged);
}
