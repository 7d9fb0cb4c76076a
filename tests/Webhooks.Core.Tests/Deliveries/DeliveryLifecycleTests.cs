using CsCheck;
using Webhooks.Core.Deliveries;
using Webhooks.Core.Sending;

namespace Webhooks.Core.Tests.Deliveries;

public sealed class DeliveryLifecycleTests
{
    private static readonly DateTimeOffset _now = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);

    private static readonly Gen<SendOutcome> _successes = Gen.Int[200, 299].Select(Answered);

    private static readonly Gen<SendOutcome> _failures = Gen.OneOf(
        Gen.OneOf(Gen.Int[100, 199], Gen.Int[300, 999]).Select(Answered),
        Gen.OneOf(Gen.Const(SendError.Timeout), Gen.Const(SendError.DnsError), Gen.Const(SendError.TlsError))
            .Select(error => (SendOutcome)new SendOutcome.NotAnswered(error, "")));

    [Fact]
    public void A_2xx_ends_a_delivery_at_any_attempt() =>
        Gen.Select(_successes, Gen.Int[1, 20], Gen.Bool, RetryScheduleTests.Schedules)
            .Sample((outcome, attempt, test, delays) =>
                Assert.IsType<NextStep.Succeeded>(DeliveryLifecycle.AfterAttempt(outcome, attempt, test, new RetrySchedule(delays), _now)));

    [Fact]
    public void Anything_else_is_retried_after_the_schedules_delay_until_it_ends() =>
        Gen.Select(_failures, RetryScheduleTests.Schedules).Sample((outcome, delays) =>
        {
            var schedule = new RetrySchedule(delays);
            for (var attempt = 1; attempt <= delays.Length; attempt++)
            {
                var next = DeliveryLifecycle.AfterAttempt(outcome, attempt, test: false, schedule, _now);
                Assert.Equal(_now + delays[attempt - 1], Assert.IsType<NextStep.RetryAt>(next).Time);
            }

            Assert.IsType<NextStep.Failed>(DeliveryLifecycle.AfterAttempt(outcome, schedule.MaxAttempts, test: false, schedule, _now));
        });

    [Fact]
    public void A_receiver_that_always_fails_gets_as_many_attempts_as_the_schedule_has_and_no_more() =>
        Gen.Select(_failures, RetryScheduleTests.Schedules).Sample((outcome, delays) =>
        {
            var schedule = new RetrySchedule(delays);
            var attempts = 0;
            NextStep next;
            do
            {
                next = DeliveryLifecycle.AfterAttempt(outcome, ++attempts, test: false, schedule, _now);
            }
            while (next is NextStep.RetryAt);

            Assert.Equal(schedule.MaxAttempts, attempts);
        });

    [Fact]
    public void A_test_delivery_is_never_retried() =>
        Gen.Select(_failures, Gen.Int[1, 20], RetryScheduleTests.Schedules)
            .Sample((outcome, attempt, delays) =>
                Assert.IsType<NextStep.Failed>(
                    DeliveryLifecycle.AfterAttempt(outcome, attempt, test: true, new RetrySchedule(delays), _now)));

    [Fact]
    public void The_next_attempt_is_at_the_later_of_the_schedule_and_what_the_receiver_asked_for() =>
        Gen.Select(Gen.Int[1, 86_400], RetryScheduleTests.Schedules).Sample((seconds, delays) =>
        {
            var schedule = new RetrySchedule(delays);
            var asked = TimeSpan.FromSeconds(seconds);
            var outcome = Asking(503, new ReceiverWish(asked, Abort: false, Disable: false));
            for (var attempt = 1; attempt <= delays.Length; attempt++)
            {
                var next = DeliveryLifecycle.AfterAttempt(outcome, attempt, test: false, schedule, _now);
                var delay = delays[attempt - 1];
                Assert.Equal(_now + (asked > delay ? asked : delay), Assert.IsType<NextStep.RetryAt>(next).Time);
            }

            Assert.IsType<NextStep.Failed>(DeliveryLifecycle.AfterAttempt(outcome, schedule.MaxAttempts, test: false, schedule, _now));
        });

    [Fact]
    public void A_receiver_that_aborts_a_delivery_gets_no_further_attempt() =>
        Gen.Select(Gen.Int[300, 999], Gen.Int[1, 20], Gen.Bool, RetryScheduleTests.Schedules)
            .Sample((status, attempt, test, delays) =>
            {
                var outcome = Asking(status, new ReceiverWish(TimeSpan.FromSeconds(1), Abort: true, Disable: false));
                Assert.IsType<NextStep.Aborted>(
                    DeliveryLifecycle.AfterAttempt(outcome, attempt, test, new RetrySchedule(delays), _now));
            });

    [Fact]
    public void A_2xx_succeeds_whatever_else_it_asks_for() =>
        Gen.Select(Gen.Int[200, 299], Gen.Bool, Gen.Bool).Sample((status, abort, disable) =>
            Assert.IsType<NextStep.Succeeded>(
                DeliveryLifecycle.AfterAttempt(
                    Asking(status, new ReceiverWish(RetryAfter: null, abort, disable)), 1, test: false, new RetrySchedule([]), _now)));

    [Theory]
    [InlineData(true, false, true)]
    [InlineData(true, true, true)]
    [InlineData(false, true, true)]
    [InlineData(false, false, false)]
    public void Only_a_test_is_sent_to_a_webhook_that_is_not_active(bool active, bool test, bool mayAttempt) =>
        Assert.Equal(mayAttempt, DeliveryLifecycle.MayAttempt(active, test));

    [Fact]
    public void A_step_says_the_status_that_it_leads_to()
    {
        Assert.Equal(DeliveryStatus.Succeeded, new NextStep.Succeeded().Status);
        Assert.Equal(DeliveryStatus.Pending, new NextStep.RetryAt(_now).Status);
        Assert.Equal(DeliveryStatus.Failed, new NextStep.Failed().Status);
        Assert.Equal(DeliveryStatus.Failed, new NextStep.Aborted().Status);
        Assert.Equal(DeliveryStatus.Canceled, new NextStep.Canceled().Status);
    }

    private static SendOutcome Answered(int status) => new SendOutcome.Answered(status, "");

    private static SendOutcome.Answered Asking(int status, ReceiverWish wish) => new(status, "", wish);
}
