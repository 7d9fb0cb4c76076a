using Webhooks.Core.Recoveries;

namespace Webhooks.Core.Tests.Recoveries;

public sealed class RecoveryPaceTests
{
    [Theory]
    [InlineData(100, 320)]
    [InlineData(2000, 16)]
    [InlineData(1, 500)]
    [InlineData(0, 500)]
    [InlineData(60_000, 1)]
    public void By_default_a_recovery_goes_at_a_quarter_of_what_the_receiver_takes(int milliseconds, double rate)
    {
        var load = new WebhookLoad(Pending: 0, Due: 0, TimeSpan.FromMilliseconds(milliseconds));

        Assert.Equal(rate, RecoveryPace.For(wanted: null, load).Rate);
    }

    [Fact]
    public void A_receiver_of_which_nothing_is_known_gets_few() =>
        Assert.Equal(10, RecoveryPace.For(wanted: null, new WebhookLoad(0, 0, AverageDuration: null)).Rate);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 4)]
    [InlineData(200, 100)]
    [InlineData(10_000, 500)]
    public void A_page_is_half_a_second_of_the_rate_and_bounded(int rate, int page) =>
        Assert.Equal(new RecoveryPace(rate, page), RecoveryPace.For(rate, new WebhookLoad(0, 0, AverageDuration: null)));

    [Theory]
    [InlineData(1, 49, 49, 1)]
    [InlineData(1, 50, 50, 0)]
    [InlineData(100, 9_999, 199, 50)]
    [InlineData(100, 9_999, 200, 0)]
    [InlineData(10_000, 10_000, 0, 0)]
    public void It_waits_while_much_is_due_or_pending(int rate, int pending, int due, int page) =>
        Assert.Equal(page, RecoveryPace.For(rate, new WebhookLoad(pending, due, AverageDuration: null)).Page);
}
