using System.Globalization;
using Webhooks.Api.Problems;
using Webhooks.Api.Requests;
using Webhooks.Core;
using Webhooks.Core.Events;
using Webhooks.Core.Statistics;

namespace Webhooks.Api.Statistics;

/// <summary>Which counts to show.</summary>
/// <param name="From">The beginning of the window; null for a day before its end.</param>
/// <param name="To">The end of the window; null for now.</param>
/// <param name="Interval">The spans of the series; null for what suits the window.</param>
/// <param name="Grouping">What to tell apart; null for nothing.</param>
internal sealed record StatisticsQuery(
    DateTimeOffset? From, DateTimeOffset? To, StatisticsInterval? Interval, StatisticsGrouping? Grouping) : IRequestQuery<StatisticsQuery>
{
    private static readonly Dictionary<string, StatisticsInterval> _intervals =
        StatisticsIntervals.All.ToDictionary(interval => interval.ToText(), StringComparer.Ordinal);

    private static readonly Dictionary<string, StatisticsGrouping> _groupings = new(StringComparer.Ordinal)
    {
        ["event"] = StatisticsGrouping.Event,
        ["error"] = StatisticsGrouping.Error,
        ["webhook"] = StatisticsGrouping.Webhook,
    };

    private static readonly QueryParameter _from = new(
        "from",
        "The beginning of the window; ISO 8601 with Z or an offset. A day before `to` when left out. It is moved to the beginning of its "
        + "minute, hour or day in UTC.")
    {
        Format = "date-time",
    };

    private static readonly QueryParameter _to = new(
        "to",
        "The end of the window; ISO 8601 with Z or an offset. Now when left out. It is moved to the end of its minute, hour or day in UTC.")
    {
        Format = "date-time",
    };

    private static readonly QueryParameter _interval = new(
        "interval",
        $"The spans of the series, {StatisticsWindow.MostSpans} at most, and {StatisticsWindow.MostSpansByWebhook} with "
        + "`group_by=webhook`. Left out, it is `minute` for up to 3 hours, `hour` for up to 14 "
        + "days, and else `day`, if such counts are still kept.")
    {
        Values = [.. _intervals.Keys],
    };

    private static readonly QueryParameter _groupBy = new("group_by", "What to tell apart in `groups`; nothing when left out.")
    {
        Values = [.. _groupings.Keys],
    };

    /// <summary>How far ahead a window may end, for who asks for all of this month.</summary>
    private static readonly TimeSpan _ahead = TimeSpan.FromDays(366);

    public static QueryParameters Parameters { get; } = new([_from, _to, _interval, _groupBy]);

    public static StatisticsQuery Read(QueryFields fields, WebhooksLimits limits) => new(
        fields.Time(_from),
        fields.Time(_to),
        fields.Choice(_interval) is { } interval ? _intervals[interval] : null,
        fields.Choice(_groupBy) is { } grouping ? _groupings[grouping] : null);

    /// <summary>The window that is asked for, in whole spans.</summary>
    /// <exception cref="InvalidRequestException">There are no counts of it, or too many.</exception>
    public StatisticsWindow WindowAt(DateTimeOffset now, StatisticsOptions options)
    {
        var errors = new FieldErrors();
        var to = To ?? now;
        if (to > now + _ahead)
        {
            errors.Add(_to.Name, "It must not be more than a year ahead.");
        }

        var from = From ?? (to < DateTimeOffset.MinValue.AddDays(1) ? to : to.AddDays(-1));
        if (from >= to)
        {
            errors.Add(_from.Name, $"It must be before {(To is null ? "now, which is where the window ends when to is left out" : "to")}.");
        }

        Refuse(errors);
        var interval = Interval ?? StatisticsWindow.IntervalFor(from, to, now, options);
        var kept = options.RetentionOf(interval);
        if (from < now - kept)
        {
            errors.Add(_from.Name, TooOld(interval, now - kept, kept));
        }

        Refuse(errors);
        var window = StatisticsWindow.Around(from, to, interval);
        var most = Grouping == StatisticsGrouping.Webhook ? StatisticsWindow.MostSpansByWebhook : StatisticsWindow.MostSpans;
        if (window.Spans > most)
        {
            errors.Add(_interval.Name, TooMany(window, most));
        }

        Refuse(errors);
        return window;
    }

    private static void Refuse(FieldErrors errors)
    {
        if (errors.Count > 0)
        {
            throw new InvalidRequestException(errors);
        }
    }

    private static string TooOld(StatisticsInterval interval, DateTimeOffset oldest, TimeSpan kept) => string.Create(
        CultureInfo.InvariantCulture,
        $"Counts by {interval.ToText()} are kept for {kept.TotalDays:0.##} days: not before {EventTimestamp.Format(oldest)}."
        + $"{(interval == StatisticsInterval.Day ? "" : $" Or ask for interval={Longer(interval)}.")}");

    private static string TooMany(StatisticsWindow window, int most) => string.Create(
        CultureInfo.InvariantCulture,
        $"The window has {window.Spans} of them, and an answer {most} at most. Ask for a shorter window"
        + $"{(window.Interval == StatisticsInterval.Day ? "." : $", or for interval={Longer(window.Interval)}.")}");

    private static string Longer(StatisticsInterval interval) => (interval + 1).ToText();
}
