using System.Globalization;

namespace Webhooks.Core.Webhooks;

/// <summary>A rotation of a webhook's secret that is asked for.</summary>
/// <param name="Overlap">How long the old secret still signs beside the new one; zero: it ends at once.</param>
/// <param name="Force">Whether the overlap of an earlier rotation may be ended by it.</param>
/// <param name="Key">The caller's name for this request, under which a repeat is known; or null.</param>
public sealed record NewRotation(TimeSpan Overlap, bool Force, string? Key)
{
    /// <summary>What tells it from another under the same key.</summary>
    internal string Fingerprint => string.Create(CultureInfo.InvariantCulture, $"overlap={Overlap.TotalSeconds} force={Force}");
}
