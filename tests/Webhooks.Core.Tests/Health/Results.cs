using Webhooks.Core.Deliveries;
using Webhooks.Core.Sending;

namespace Webhooks.Core.Tests.Health;

/// <summary>Results of claims, as attempts give them.</summary>
internal static class Results
{
    public static DeliveryResult Answered(this ClaimedDelivery claim, int status, ReceiverWish? wish = null) =>
        claim.With(new SendOutcome.Answered(status, "", wish));

    public static DeliveryResult NotAnswered(this ClaimedDelivery claim) =>
        claim.With(new SendOutcome.NotAnswered(SendError.ConnectionRefused, "Refused."));

    private static DeliveryResult With(this ClaimedDelivery claim, SendOutcome outcome) => new(
        claim,
        new Attempt(claim.AttemptsMade + 1, DateTimeOffset.UtcNow, TimeSpan.FromMilliseconds(5), outcome),
        DeliveryLifecycle.AfterAttempt(outcome, claim.AttemptsMade + 1, claim.Test, RetrySchedule.Default, DateTimeOffset.UtcNow));
}
