using Webhooks.Core.Health;

namespace Webhooks.Api.Webhooks;

/// <summary>How a webhook's receiver does, since it got its URL or was enabled.</summary>
/// <param name="State">
/// `failing` after three failed attempts in a row until one succeeds; else `healthy`, or `unknown` until an attempt has succeeded.
/// </param>
/// <param name="ConsecutiveFailures">Attempts that failed since the last that succeeded.</param>
/// <param name="FailingSince">When the first of them was made, UTC; null when there is none.</param>
/// <param name="LastSuccessAt">When an attempt last succeeded, UTC, to some seconds; or null.</param>
/// <param name="LastFailureAt">When an attempt last failed, UTC; or null.</param>
/// <param name="Circuit">
/// `closed`; `open` after ten faults in a row that are the receiver's (no answer, 429 or 5xx): nothing is sent for half a minute, and for
/// twice as long each time, up to a quarter of an hour; `half_open` while one attempt finds out whether it answers again.
/// </param>
/// <param name="PausedUntil">Until when nothing is sent, UTC; or null. Deliveries are held until then.</param>
/// <param name="PausedBy">Why: `retry_after` (the receiver asked for it) or `circuit`; or null.</param>
internal sealed record WebhookHealthResource(
    string State,
    int ConsecutiveFailures,
    DateTime? FailingSince,
    DateTime? LastSuccessAt,
    DateTime? LastFailureAt,
    string Circuit,
    DateTime? PausedUntil,
    string? PausedBy)
{
    public static WebhookHealthResource From(WebhookHealth health) => new(
        health.State.ToString().ToLowerInvariant(),
        health.ConsecutiveFailures,
        health.FailingSince?.UtcDateTime,
        health.LastSuccessAt?.UtcDateTime,
        health.LastFailureAt?.UtcDateTime,
        health.Circuit switch
        {
            CircuitState.Closed => "closed",
            CircuitState.Open => "open",
            _ => "half_open",
        },
        health.PausedUntil?.UtcDateTime,
        health.PausedBy);
}
