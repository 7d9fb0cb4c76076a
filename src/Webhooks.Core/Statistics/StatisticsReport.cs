namespace Webhooks.Core.Statistics;

/// <summary>The counts of a window.</summary>
/// <param name="Since">Deliveries that were created before are not counted, UTC.</param>
/// <param name="Totals">Of all of it.</param>
/// <param name="Series">Of each span, also of those in which nothing was.</param>
/// <param name="Groups">Of each event type, error or webhook that there was; empty when they are not told apart.</param>
public sealed record StatisticsReport(
    DateTimeOffset Since,
    DeliveryCounts Totals,
    IReadOnlyList<(DateTimeOffset At, DeliveryCounts Counts)> Series,
    IReadOnlyList<StatisticsGroup> Groups);
