using Webhooks.Core.Statistics;

namespace Webhooks.Core.Tests.Statistics;

public sealed class StatisticsWindowTests
{
    private static readonly DateTimeOffset _now = new(2026, 8, 3, 10, 17, 31, TimeSpan.Zero);

    [Fact]
    public void A_window_is_widened_to_whole_spans_of_UTC()
    {
        var window = StatisticsWindow.Around(
            new DateTimeOffset(2026, 8, 3, 1, 30, 0, TimeSpan.FromHours(5.5)), _now, StatisticsInterval.Hour);

        Assert.Equal(new DateTimeOffset(2026, 8, 2, 20, 0, 0, TimeSpan.Zero), window.From);
        Assert.Equal(new DateTimeOffset(2026, 8, 3, 11, 0, 0, TimeSpan.Zero), window.To);
        Assert.Equal(15, window.Spans);
        Assert.Equal(15, window.Beginnings().Count());
    }

    [Fact]
    public void A_window_of_whole_spans_stays_as_it_is()
    {
        var day = new DateTimeOffset(2026, 8, 3, 0, 0, 0, TimeSpan.Zero);

        Assert.Equal((day, day.AddDays(2)), (
            StatisticsWindow.Around(day, day.AddDays(2), StatisticsInterval.Day).From,
            StatisticsWindow.Around(day, day.AddDays(2), StatisticsInterval.Day).To));
    }

    [Theory]
    [InlineData(0, 1, StatisticsInterval.Minute)]
    [InlineData(0, 24, StatisticsInterval.Hour)]
    [InlineData(0, 24 * 30, StatisticsInterval.Day)]
    [InlineData(24 * 3, 1, StatisticsInterval.Hour)]
    [InlineData(24 * 100, 1, StatisticsInterval.Day)]
    public void An_interval_suits_the_window_and_what_is_kept(int hoursAgo, int hours, StatisticsInterval interval)
    {
        var to = _now.AddHours(-hoursAgo);

        Assert.Equal(interval, StatisticsWindow.IntervalFor(to.AddHours(-hours), to, _now, new StatisticsOptions()));
    }
}
