using Webhooks.Core.Statistics;

namespace Webhooks.Api.Statistics;

/// <summary>The counts of a window of time.</summary>
/// <param name="From">Its beginning, UTC: that which was asked for, moved to the beginning of its span.</param>
/// <param name="To">Its end, UTC: that which was asked for, moved to the end of its span.</param>
/// <param name="Interval">The spans of the series: `minute`, `hour` or `day`.</param>
/// <param name="Since">
/// What was created before is not counted, UTC: counting began when the database was brought to the version that counts.
/// </param>
/// <param name="Totals">The counts of the whole window.</param>
/// <param name="Series">The counts of each span, oldest first, also of those in which nothing was.</param>
/// <param name="Groups">The counts of each event type, error or webhook that there was, by key; empty without `group_by`.</param>
internal sealed record StatisticsResource(
    DateTime From,
    DateTime To,
    string Interval,
    DateTime Since,
    CountsResource Totals,
    IReadOnlyList<SpanResource> Series,
    IReadOnlyList<GroupResource> Groups)
{
    public static StatisticsResource Of(StatisticsWindow window, StatisticsReport report) => new(
        window.From.UtcDateTime,
        window.To.UtcDateTime,
        window.Interval.ToText(),
        report.Since.UtcDateTime,
        new CountsResource(report.Totals),
        [.. report.Series.Select(span => new SpanResource(span.At, span.Counts))],
        [.. report.Groups.Select(group => new GroupResource(group))]);
}
