using CsCheck;
using Webhooks.Core.Statistics;

namespace Webhooks.Core.Tests.Statistics;

public sealed class DurationHistogramTests
{
    private static readonly double[] _percents = [50, 95, 99, 100];

    [Fact]
    public void There_is_no_percentile_of_nothing() => Assert.Null(new DurationHistogram().Percentile(50));

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 3)]
    [InlineData(9, 9)]
    public void Short_durations_are_exact(int milliseconds, double percentile)
    {
        var durations = new DurationHistogram();
        durations.Add(milliseconds);

        Assert.Equal(percentile, durations.Percentile(50));
    }

    [Fact]
    public void A_percentile_is_within_5_percent_of_the_duration_that_has_its_rank() =>
        Gen.Int[1, int.MaxValue].Array[1, 200].Sample(values =>
        {
            var durations = new DurationHistogram();
            Array.ForEach(values, durations.Add);
            Array.Sort(values);
            foreach (var percent in _percents)
            {
                double exact = values[(int)Math.Ceiling(values.Length * percent / 100) - 1];
                Assert.InRange(durations.Percentile(percent)!.Value, exact * 0.95, exact * 1.05);
            }
        });

    [Fact]
    public void Two_that_are_added_are_as_one_that_has_counted_both() =>
        Gen.Select(Gen.Int[0, 300_000].Array, Gen.Int[0, 300_000].Array).Sample((some, others) =>
        {
            var (sum, one, other) = (new DurationHistogram(), new DurationHistogram(), new DurationHistogram());
            Array.ForEach(some, one.Add);
            Array.ForEach(others, other.Add);
            Array.ForEach([.. some, .. others], sum.Add);
            one.Add(other);
            Assert.Equal(sum.Percentile(50), one.Percentile(50));
            Assert.Equal(sum.Percentile(99), one.Percentile(99));
        });
}
