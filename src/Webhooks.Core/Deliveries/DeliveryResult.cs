namespace Webhooks.Core.Deliveries;

/// <summary>What is to be recorded of a claimed delivery.</summary>
/// <param name="Delivery">The claim.</param>
/// <param name="Attempt">The attempt that was made; null when none was because the delivery is canceled.</param>
/// <param name="Next">What follows.</param>
public sealed record DeliveryResult(ClaimedDelivery Delivery, Attempt? Attempt, NextStep Next);
