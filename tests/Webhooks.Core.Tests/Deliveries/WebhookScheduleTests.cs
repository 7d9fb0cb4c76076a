using CsCheck;
using Webhooks.Core.Deliveries;
using Webhooks.Core.Sending;

namespace Webhooks.Core.Tests.Deliveries;

public sealed class WebhookScheduleTests
{
    private static readonly DateTimeOffset _now = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);

    private static readonly SendOutcome _failure = new SendOutcome.Answered(500, "");

    private static readonly Gen<int[]> _delays = Gen.Int[1, WebhookSchedule.LongestDelay].Array[0, WebhookSchedule.MostDelays];

    [Fact]
    public void A_webhook_that_sets_nothing_has_no_schedule_of_its_own() =>
        Assert.Null(WebhookSchedule.From(retryDelays: null, timeoutSeconds: null));

    [Fact]
    public void What_a_webhook_leaves_to_the_system_is_null() =>
        Gen.Select(_delays, Gen.Int[1, WebhookSchedule.LongestTimeout]).Sample((delays, timeout) =>
        {
            Assert.Null(WebhookSchedule.From(delays, timeoutSeconds: null)!.Timeout);
            Assert.Null(WebhookSchedule.From(retryDelays: null, timeout)!.RetryDelays);
            Assert.Equal(timeout, WebhookSchedule.From(delays, timeout)!.Timeout!.Value.TotalSeconds);
        });

    [Fact]
    public void A_delivery_is_tried_again_after_each_of_its_webhooks_waits_and_then_fails() =>
        _delays.Sample(delays =>
        {
            var schedule = WebhookSchedule.From(delays, timeoutSeconds: null)!.RetryDelays!;
            var waited = new List<int>();
            var attempt = 1;
            while (DeliveryLifecycle.AfterAttempt(_failure, attempt, test: false, schedule, _now) is NextStep.RetryAt next)
            {
                waited.Add((int)(next.Time - _now).TotalSeconds);
                attempt++;
            }

            Assert.Equal(delays, waited);
            Assert.Equal(delays.Length + 1, attempt);
        });

    [Fact]
    public void After_a_change_the_new_waits_count_from_the_attempts_that_were_made() =>
        Gen.Select(_delays, Gen.Int[1, WebhookSchedule.MostDelays + 1]).Sample((delays, attempt) =>
        {
            var schedule = WebhookSchedule.From(delays, timeoutSeconds: null)!.RetryDelays!;

            var next = DeliveryLifecycle.AfterAttempt(_failure, attempt, test: false, schedule, _now);

            Assert.Equal(
                attempt <= delays.Length ? new NextStep.RetryAt(_now.AddSeconds(delays[attempt - 1])) : new NextStep.Failed(),
                next);
        });
}
