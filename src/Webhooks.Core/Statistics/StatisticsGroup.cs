namespace Webhooks.Core.Statistics;

/// <summary>The counts of what is told apart from other things in a window.</summary>
/// <param name="Key">What it is: an event type, an error or a webhook's id.</param>
/// <param name="Counts">Of all of the window.</param>
/// <param name="Series">Of each span, of webhooks only; empty of others.</param>
public sealed record StatisticsGroup(
    string Key, DeliveryCounts Counts, IReadOnlyList<(DateTimeOffset At, DeliveryCounts Counts)> Series);
