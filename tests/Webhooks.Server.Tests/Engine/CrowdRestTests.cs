using CsCheck;
using Webhooks.Server.Engine;

namespace Webhooks.Server.Tests.Engine;

public sealed class CrowdRestTests
{
    [Fact]
    public void A_crowd_takes_at_most_a_thirtieth_of_a_connections_time_as_long_as_nobody_waits_longer_than_five_seconds() =>
        Gen.Int[0, 10_000].Sample(milliseconds =>
        {
            var took = TimeSpan.FromMilliseconds(milliseconds);
            var rest = CrowdRest.After(took);
            Assert.InRange(rest, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5));
            Assert.True(rest == TimeSpan.FromSeconds(5) || rest >= 30 * took, $"{rest} after {took}");
        });

    [Theory]
    [InlineData(10, 1)]
    [InlineData(100, 3)]
    [InlineData(1000, 5)]
    public void It_rests_for_as_long_as_the_statement_was_dear(int tookMilliseconds, int restSeconds) =>
        Assert.Equal(TimeSpan.FromSeconds(restSeconds), CrowdRest.After(TimeSpan.FromMilliseconds(tookMilliseconds)));
}
