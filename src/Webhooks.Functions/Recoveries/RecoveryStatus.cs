using System.Text.Json.Serialization;
using Webhooks.Core.Recoveries;

namespace Webhooks.Functions.Recoveries;

/// <summary>
/// What <see cref="RecoverPages"/> tells the orchestrator, and the custom status that a Durable Functions monitor shows. It is stored in
/// the history: fields may be added, never renamed.
/// </summary>
/// <param name="State">The recovery's state: <c>running</c>, <c>paused</c>, <c>canceled</c> or <c>finished</c>.</param>
/// <param name="Reason">Why it is paused or canceled; null otherwise.</param>
/// <param name="Total">Deliveries to redeliver; null when they were not counted.</param>
/// <param name="Redelivered">Redeliveries made.</param>
/// <param name="Done">Those that have succeeded.</param>
/// <param name="Failed">Those that have ended otherwise.</param>
/// <param name="NextStepAt">When to call again, UTC; null when the recovery is not running.</param>
public sealed record RecoveryStatus(
    [property: JsonPropertyName("state")] string State,
    [property: JsonPropertyName("reason")] string? Reason,
    [property: JsonPropertyName("total")] int? Total,
    [property: JsonPropertyName("redelivered")] int Redelivered,
    [property: JsonPropertyName("done")] int Done,
    [property: JsonPropertyName("failed")] int Failed,
    [property: JsonPropertyName("next_step_at")] DateTime? NextStepAt)
{
    /// <summary>That of a recovery which is not stored (any more).</summary>
    public static readonly RecoveryStatus Gone = new(RecoveryState.Canceled.ToText(), null, null, 0, 0, 0, null);

    /// <summary>That after a step.</summary>
    /// <param name="step">The step.</param>
    /// <param name="now">UTC.</param>
    public static RecoveryStatus After(RecoveryStep step, DateTimeOffset now) => new(
        step.Recovery.State.ToText(),
        step.Recovery.Reason,
        step.Recovery.Total,
        step.Recovery.Redelivered,
        step.Recovery.Done,
        step.Recovery.Failed,
        (now + step.NextIn)?.UtcDateTime);
}
