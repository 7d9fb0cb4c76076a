using Webhooks.Core.Alerts;

namespace Webhooks.Core.Tests.Alerts;

public sealed class FailureRateRuleTests
{
    private static readonly AlertOptions _options = new();

    [Theory]
    [InlineData(20, 10, FailureRateVerdict.Triggered)]
    [InlineData(20, 20, FailureRateVerdict.Triggered)]
    [InlineData(20, 9, FailureRateVerdict.Unchanged)]
    [InlineData(19, 19, FailureRateVerdict.Unchanged)]
    [InlineData(0, 0, FailureRateVerdict.Unchanged)]
    public void Half_of_enough_attempts_triggers_it(int attempts, int failed, FailureRateVerdict verdict) =>
        Assert.Equal(verdict, FailureRateRule.Judge(triggered: false, attempts, failed, _options));

    [Theory]
    [InlineData(20, 10, FailureRateVerdict.Unchanged)]
    [InlineData(20, 5, FailureRateVerdict.Unchanged)]
    [InlineData(20, 4, FailureRateVerdict.Recovered)]
    [InlineData(1, 0, FailureRateVerdict.Recovered)]
    [InlineData(1, 1, FailureRateVerdict.Unchanged)]
    [InlineData(0, 0, FailureRateVerdict.Quiet)]
    public void Less_than_half_of_what_triggered_it_resolves_it_and_so_does_quiet(
        int attempts, int failed, FailureRateVerdict verdict) =>
        Assert.Equal(verdict, FailureRateRule.Judge(triggered: true, attempts, failed, _options));

    [Fact]
    public void A_rate_of_one_is_met_when_every_attempt_fails() => Assert.Equal(
        FailureRateVerdict.Triggered,
        FailureRateRule.Judge(triggered: false, 3, 3, new AlertOptions { FailureRate = 1, LeastAttempts = 3 }));
}
