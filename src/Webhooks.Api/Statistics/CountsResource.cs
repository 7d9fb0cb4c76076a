using Webhooks.Core.Statistics;

namespace Webhooks.Api.Statistics;

/// <summary>
/// What is counted. Deliveries count when they were created, whenever they end, so that rates are of the same deliveries; attempts count
/// when they were made.
/// </summary>
internal class CountsResource(DeliveryCounts counts)
{
    /// <summary>Deliveries that were created, whatever has become of them: redeliveries and tests, too.</summary>
    public long Deliveries { get; } = counts.Deliveries;

    /// <summary>Those of them that have succeeded.</summary>
    public long Succeeded { get; } = counts.Succeeded;

    /// <summary>Those of them that have failed and are not tried again.</summary>
    public long Failed { get; } = counts.Failed;

    /// <summary>Those of them that were canceled.</summary>
    public long Canceled { get; } = counts.Canceled;

    /// <summary>Those of them that came while their webhook was inactive.</summary>
    public long Skipped { get; } = counts.Skipped;

    /// <summary>Attempts that were made.</summary>
    public long Attempts { get; } = counts.Attempts;

    /// <summary>Those of them that were not answered with 200 to 299.</summary>
    public long FailedAttempts { get; } = counts.FailedAttempts;

    /// <summary>Succeeded deliveries among those that succeeded or failed, 0 to 1; null when none did.</summary>
    public double? SuccessRate { get; } = counts.SuccessRate;

    /// <summary>Attempts of a delivery that succeeded or failed, on average; null when none did.</summary>
    public double? AvgAttempts { get; } = counts.AverageAttempts;

    /// <summary>
    /// Deliveries that succeeded at the first attempt among those that succeeded or failed, 0 to 1; null when none did.
    /// </summary>
    public double? FirstAttemptRate { get; } = counts.FirstAttemptRate;

    /// <summary>How long attempts took.</summary>
    public DurationsResource DurationMs { get; } = DurationsResource.From(counts.Durations);
}
