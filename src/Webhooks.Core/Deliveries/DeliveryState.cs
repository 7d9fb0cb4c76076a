using Webhooks.Core.Health;

namespace Webhooks.Core.Deliveries;

/// <summary>Where a delivery stands.</summary>
/// <param name="Status">The state.</param>
/// <param name="AttemptsMade">Attempts recorded so far.</param>
/// <param name="ResponseStatus">The HTTP status of the last attempt; null when no answer came, or before the first.</param>
/// <param name="DueIn">
/// How long until an attempt may be made: until it is due and nobody else's lease holds it. Negative when that is past; null unless
/// pending, and when its receiver is to pull it.
/// </param>
/// <param name="Held">Why it waits although its time has come; null when nothing holds it.</param>
public sealed record DeliveryState(
    DeliveryStatus Status, int AttemptsMade, int? ResponseStatus, TimeSpan? DueIn, Hold? Held = null);
