using Webhooks.Core.Health;

namespace Webhooks.Core.Deliveries;

/// <summary>What came of recording results.</summary>
/// <param name="Ids">The deliveries whose results were recorded.</param>
/// <param name="Changes">What changed of their webhooks with it.</param>
public sealed record RecordedResults(IReadOnlySet<Guid> Ids, IReadOnlyList<HealthChange> Changes)
{
    /// <summary>That of no results.</summary>
    internal static readonly RecordedResults None = new(new HashSet<Guid>(), []);
}
