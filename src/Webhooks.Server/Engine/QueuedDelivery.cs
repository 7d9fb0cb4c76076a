using Webhooks.Core.Deliveries;

namespace Webhooks.Server.Engine;

/// <summary>A claimed delivery that waits in its webhook's lane.</summary>
/// <param name="Delivery">The claim.</param>
/// <param name="ClaimedAt">When the claim was asked for, on the engine's clock: its lease began no earlier.</param>
/// <param name="TakenIn">Whether it was claimed as it was stored, and not from the backlog.</param>
internal readonly record struct QueuedDelivery(ClaimedDelivery Delivery, TimeSpan ClaimedAt, bool TakenIn);
