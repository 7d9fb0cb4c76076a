using Webhooks.Core.Sending;

namespace Webhooks.Core.Deliveries;

/// <summary>The rules for what follows an attempt. Pure: the same arguments give the same step, in both hosts.</summary>
public static class DeliveryLifecycle
{
    /// <summary>Whether the attempt may be made at all: not when the webhook was deleted or deactivated, unless it is a test.</summary>
    public static bool MayAttempt(bool webhookActive, bool test) => webhookActive || test;

    /// <summary>
    /// The step after an attempt. What the receiver asks for can make the wait before the next one longer, never shorter, and adds none.
    /// </summary>
    /// <param name="outcome">What came of it.</param>
    /// <param name="attemptNumber">Its number, 1 for the first.</param>
    /// <param name="test">A test delivery is never retried.</param>
    /// <param name="schedule">The waits between attempts: the webhook's own as they are now, or else the system's.</param>
    /// <param name="now">When the attempt ended, UTC; the wait counts from then.</param>
    public static NextStep AfterAttempt(SendOutcome outcome, int attemptNumber, bool test, RetrySchedule schedule, DateTimeOffset now)
    {
        if (outcome is SendOutcome.Answered { Success: true })
        {
            return new NextStep.Succeeded();
        }

        var wish = (outcome as SendOutcome.Answered)?.Wish;
        if (wish is { Abort: true })
        {
            return new NextStep.Aborted();
        }

        return !test && schedule.DelayAfter(attemptNumber) is { } delay
            ? new NextStep.RetryAt(now + Later(delay, wish?.RetryAfter))
            : new NextStep.Failed();
    }

    private static TimeSpan Later(TimeSpan delay, TimeSpan? asked) => asked > delay ? asked.Value : delay;
}
