using System.Text.Json.Serialization;
using Webhooks.Core.Health;

namespace Webhooks.Functions.Deliveries;

/// <summary>
/// What a delivery waits for although its time has come, as the API says it. It is stored in the history: fields may be added, never
/// renamed.
/// </summary>
/// <param name="By"><c>retry_after</c>, <c>circuit</c> or <c>pull</c>.</param>
/// <param name="Until">Until when, UTC; null when that is not known.</param>
public sealed record DeliveryHold(
    [property: JsonPropertyName("by")] string By,
    [property: JsonPropertyName("until")] DateTime? Until)
{
    /// <summary>What the row says.</summary>
    internal static DeliveryHold? From(Hold? hold) => hold is null ? null : new DeliveryHold(hold.By, hold.Until?.UtcDateTime);
}
