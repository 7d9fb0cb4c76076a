using CsCheck;
using Webhooks.Server.Engine;

namespace Webhooks.Server.Tests.Engine;

public sealed class SlidingRateTests
{
    [Fact]
    public void A_steady_rate_is_what_it_gives_at_any_time_after_a_second() =>
        Gen.Select(Gen.Int[1, 500], Gen.Double[2, 10]).Sample((perSecond, until) =>
        {
            var rate = new SlidingRate();
            for (var number = 0; number < until * perSecond; number++)
            {
                rate.Count(TimeSpan.FromSeconds((double)number / perSecond));
            }

            Assert.InRange(rate.At(TimeSpan.FromSeconds(until)), (perSecond * 0.99) - 2, (perSecond * 1.01) + 2);
        });

    [Fact]
    public void What_stopped_fades_within_two_seconds()
    {
        var rate = new SlidingRate();
        for (var number = 0; number < 100; number++)
        {
            rate.Count(TimeSpan.FromSeconds(5));
        }

        Assert.Equal(100, rate.At(TimeSpan.FromSeconds(5.9)));
        Assert.Equal(50, rate.At(TimeSpan.FromSeconds(6.5)), precision: 6);
        Assert.Equal(0, rate.At(TimeSpan.FromSeconds(7)));
    }
}
