using CsCheck;
using Webhooks.Core.Deliveries;

namespace Webhooks.Core.Tests.Deliveries;

public sealed class RetryScheduleTests
{
    [Fact]
    public void By_default_six_attempts_are_spread_over_three_hours_and_twenty_one_minutes()
    {
        Assert.Equal(6, RetrySchedule.Default.MaxAttempts);
        Assert.Equal(new TimeSpan(3, 21, 0), RetrySchedule.Default.Delays.Aggregate((sum, delay) => sum + delay));
    }

    [Fact]
    public void Each_attempt_but_the_last_is_followed_by_its_delay() =>
        Schedules.Sample(delays =>
        {
            var schedule = new RetrySchedule(delays);
            Assert.Equal(delays.Length + 1, schedule.MaxAttempts);
            for (var attempt = 1; attempt < schedule.MaxAttempts; attempt++)
            {
                Assert.Equal(delays[attempt - 1], schedule.DelayAfter(attempt));
            }

            Assert.Null(schedule.DelayAfter(schedule.MaxAttempts));
            Assert.Null(schedule.DelayAfter(schedule.MaxAttempts + 1));
        });

    [Fact]
    public void A_schedule_keeps_its_delays_when_the_list_it_was_made_from_changes()
    {
        TimeSpan[] delays = [TimeSpan.FromSeconds(1)];
        var schedule = new RetrySchedule(delays);

        delays[0] = TimeSpan.FromSeconds(2);

        Assert.Equal(TimeSpan.FromSeconds(1), schedule.DelayAfter(1));
    }

    [Fact]
    public void A_negative_delay_is_refused() =>
        Assert.Throws<ArgumentException>(() => new RetrySchedule(TimeSpan.FromSeconds(1), TimeSpan.FromTicks(-1)));

    internal static Gen<TimeSpan[]> Schedules { get; } =
        Gen.Int[0, (int)TimeSpan.FromDays(1).TotalSeconds].Select(seconds => TimeSpan.FromSeconds(seconds)).Array[0, 12];
}
