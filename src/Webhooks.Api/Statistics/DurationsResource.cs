using Webhooks.Core.Statistics;

namespace Webhooks.Api.Statistics;

/// <summary>How long attempts took, in milliseconds, within 5 %. All are null when there were none.</summary>
/// <param name="P50">Half of them took that long at most.</param>
/// <param name="P95">95 of 100 took that long at most.</param>
/// <param name="P99">99 of 100 took that long at most.</param>
internal sealed record DurationsResource(double? P50, double? P95, double? P99)
{
    public static DurationsResource From(DurationHistogram durations) =>
        new(durations.Percentile(50), durations.Percentile(95), durations.Percentile(99));
}
