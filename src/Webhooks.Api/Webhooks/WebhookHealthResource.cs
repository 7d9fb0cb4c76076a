using Webhooks.Core.Health;

namespace Webhooks.Api.Webhooks;

/// <summary>How a webhook's receiver does, since it got its URL or was enabled.</summary>
/// <param name="State">
/// `unknown` before the first attempt, `failing` after three failed attempts in a row until one succeeds, else `healthy`.
/// </param>
/// <param name="ConsecutiveFailures">Attempts that failed since the last that succeeded.</param>
/// <param name="FailingSince">When the first of them was made, UTC; null when there is none.</param>
/// <param name="LastSuccessAt">When an attempt last succeeded, UTC, to some seconds; or null.</param>
/// <param name="LastFailureAt">When an attempt last failed, UTC; or null.</param>
internal sealed record WebhookHealthResource(
    string State, int ConsecutiveFailures, DateTime? FailingSince, DateTime? LastSuccessAt, DateTime? LastFailureAt)
{
    public static WebhookHealthResource From(WebhookHealth health) => new(
        health.State.ToString().ToLowerInvariant(),
        health.ConsecutiveFailures,
        health.FailingSince?.UtcDateTime,
        health.LastSuccessAt?.UtcDateTime,
        health.LastFailureAt?.UtcDateTime);
}
