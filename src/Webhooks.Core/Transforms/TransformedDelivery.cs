using Webhooks.Core.Deliveries;

namespace Webhooks.Core.Transforms;

/// <summary>What a transform left of a delivery.</summary>
/// <param name="Delivery">The delivery as it is to be sent.</param>
/// <param name="InsteadOfAttempt">What follows without an attempt; null when one is to be made.</param>
public sealed record TransformedDelivery(ClaimedDelivery Delivery, NextStep? InsteadOfAttempt = null);
