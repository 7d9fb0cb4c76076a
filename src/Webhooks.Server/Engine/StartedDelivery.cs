using Webhooks.Core.Deliveries;

namespace Webhooks.Server.Engine;

/// <summary>A claimed delivery that has a slot now; <see cref="WebhookLanes.Finish"/> gives the slot back.</summary>
/// <param name="Lane">The lane that it came from.</param>
/// <param name="Delivery">The claim.</param>
internal readonly record struct StartedDelivery(WebhookLane Lane, ClaimedDelivery Delivery);
