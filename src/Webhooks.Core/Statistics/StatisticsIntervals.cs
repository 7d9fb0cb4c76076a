namespace Webhooks.Core.Statistics;

/// <summary>What follows from an interval.</summary>
public static class StatisticsIntervals
{
    /// <summary>All of them, the shortest first.</summary>
    public static IReadOnlyList<StatisticsInterval> All { get; } = Enum.GetValues<StatisticsInterval>();

    /// <summary>The length of a span.</summary>
    public static TimeSpan Length(this StatisticsInterval interval) => interval switch
    {
        StatisticsInterval.Minute => TimeSpan.FromMinutes(1),
        StatisticsInterval.Hour => TimeSpan.FromHours(1),
        StatisticsInterval.Day => TimeSpan.FromDays(1),
        _ => throw new ArgumentOutOfRangeException(nameof(interval), interval, "There is no such interval."),
    };

    /// <summary>As the API names it.</summary>
    public static string ToText(this StatisticsInterval interval) => interval switch
    {
        StatisticsInterval.Minute => "minute",
        StatisticsInterval.Hour => "hour",
        StatisticsInterval.Day => "day",
        _ => throw new ArgumentOutOfRangeException(nameof(interval), interval, "There is no such interval."),
    };

    /// <summary>The beginning of the span that a time is in, UTC.</summary>
    public static DateTimeOffset Floor(this StatisticsInterval interval, DateTimeOffset time) =>
        new(time.UtcTicks - (time.UtcTicks % interval.Length().Ticks), TimeSpan.Zero);

    /// <summary>The beginning of the first span that begins at a time or later, UTC.</summary>
    public static DateTimeOffset Ceiling(this StatisticsInterval interval, DateTimeOffset time) =>
        interval.Floor(time) is var floor && floor == time ? floor : floor + interval.Length();

    /// <summary>How a row of counts names it: the length in minutes.</summary>
    internal static short Minutes(this StatisticsInterval interval) => (short)interval.Length().TotalMinutes;
}
