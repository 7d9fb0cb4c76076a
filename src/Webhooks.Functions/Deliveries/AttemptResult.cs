using System.Text.Json.Serialization;

namespace Webhooks.Functions.Deliveries;

/// <summary>
/// What <see cref="AttemptDelivery"/> tells the orchestrator. It is stored in the history: fields may be added, never renamed.
/// </summary>
/// <param name="Status">The delivery's status: <c>pending</c>, <c>succeeded</c>, <c>failed</c> or <c>canceled</c>.</param>
/// <param name="Attempt">Attempts made.</param>
/// <param name="LastStatus">The HTTP status of the last attempt; null when no answer came.</param>
/// <param name="NextAttemptAt">When to call again, UTC; null when the delivery is finished.</param>
/// <param name="Held">Why it waits although its time has come; null when nothing holds it.</param>
public sealed record AttemptResult(
    [property: JsonPropertyName("status")] string Status,
    [property: JsonPropertyName("attempt")] int Attempt,
    [property: JsonPropertyName("last_status")] int? LastStatus,
    [property: JsonPropertyName("next_attempt_at")] DateTime? NextAttemptAt,
    [property: JsonPropertyName("held"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DeliveryHold? Held = null);
