using Webhooks.Core.Sending;

namespace Webhooks.Core.Deliveries;

/// <summary>A claimed delivery that is ready to be attempted, or needs no attempt.</summary>
/// <param name="Delivery">The claim, with what a transform made of it.</param>
/// <param name="Signer">The webhook's signer; null without an attempt.</param>
/// <param name="Headers">The headers of the webhook's own.</param>
/// <param name="Step">What takes the place of an attempt; null when one is to be made.</param>
internal readonly record struct PreparedAttempt(
    ClaimedDelivery Delivery, WebhookSigner? Signer, IReadOnlyList<KeyValuePair<string, string>> Headers, NextStep? Step)
{
    /// <summary>One that needs no attempt.</summary>
    public static PreparedAttempt Without(ClaimedDelivery delivery, NextStep step) => new(delivery, Signer: null, Headers: [], step);
}
