using System.Text.Json.Serialization;

namespace Webhooks.Functions.Deliveries;

/// <summary>The custom status of <see cref="DeliverWebhook"/>: what a Durable Functions monitor shows of it.</summary>
/// <param name="Attempt">Attempts made.</param>
/// <param name="LastStatus">The HTTP status of the last attempt; null when no answer came.</param>
/// <param name="NextAttemptAt">When the next attempt is due, UTC; null when there is none.</param>
/// <param name="Held">Why the delivery waits although its time has come; null when nothing holds it.</param>
public sealed record DeliveryProgress(
    [property: JsonPropertyName("attempt")] int Attempt,
    [property: JsonPropertyName("last_status")] int? LastStatus,
    [property: JsonPropertyName("next_attempt_at")] DateTime? NextAttemptAt,
    [property: JsonPropertyName("held"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DeliveryHold? Held = null);
