namespace Webhooks.Core.Statistics;

/// <summary>A window of time that counts are asked for, in whole spans of an interval.</summary>
/// <param name="From">The beginning of the first span, UTC.</param>
/// <param name="To">The end of the last span, UTC.</param>
/// <param name="Interval">The length of the spans.</param>
public sealed record StatisticsWindow(DateTimeOffset From, DateTimeOffset To, StatisticsInterval Interval)
{
    /// <summary>Spans that one answer may have.</summary>
    public const int MostSpans = 1500;

    /// <summary>Spans that one answer may have of which each webhook has its own.</summary>
    public const int MostSpansByWebhook = 200;

    /// <summary>The spans that a window touches.</summary>
    public static StatisticsWindow Around(DateTimeOffset from, DateTimeOffset to, StatisticsInterval interval) =>
        new(interval.Floor(from), interval.Ceiling(to), interval);

    /// <summary>The interval for a window of which none is given: with up to a few hundred spans, and counts that are kept.</summary>
    public static StatisticsInterval IntervalFor(DateTimeOffset from, DateTimeOffset to, DateTimeOffset now, StatisticsOptions options)
    {
        var least = (to - from) switch
        {
            var window when window <= TimeSpan.FromHours(3) => StatisticsInterval.Minute,
            var window when window <= TimeSpan.FromDays(14) => StatisticsInterval.Hour,
            _ => StatisticsInterval.Day,
        };
        return StatisticsIntervals.All.FirstOrDefault(
            interval => interval >= least && from >= now - options.RetentionOf(interval), StatisticsInterval.Day);
    }

    /// <summary>How many spans it has.</summary>
    public long Spans => (To - From).Ticks / Interval.Length().Ticks;

    /// <summary>The beginnings of its spans.</summary>
    public IEnumerable<DateTimeOffset> Beginnings()
    {
        for (var at = From; at < To; at += Interval.Length())
        {
            yield return at;
        }
    }
}
