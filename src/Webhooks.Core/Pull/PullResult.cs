using Webhooks.Core.Sending;

namespace Webhooks.Core.Pull;

/// <summary>What a receiver reports of a delivery that it has pulled.</summary>
/// <param name="DeliveryId">The delivery.</param>
/// <param name="LeaseToken">The token that it got with it.</param>
/// <param name="Outcome">What came of it.</param>
/// <param name="Duration">How long that took; null for the time since the pull.</param>
public sealed record PullResult(Guid DeliveryId, Guid LeaseToken, SendOutcome Outcome, TimeSpan? Duration)
{
    /// <summary>The outcome of what the receiver says did not work.</summary>
    /// <param name="error">A code of <see cref="SendError.OfNoAnswer"/>, or a text of its own, which is kept as the message.</param>
    /// <param name="attemptTimeout">The time that an attempt has.</param>
    public static SendOutcome Failure(string error, TimeSpan attemptTimeout) => SendFailure.Reported(error, attemptTimeout);
}
