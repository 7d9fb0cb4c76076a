namespace Webhooks.Core.Health;

/// <summary>How a webhook's receiver does, since it got its URL or was enabled.</summary>
/// <param name="ConsecutiveFailures">Attempts that failed since the last that succeeded.</param>
/// <param name="FailingSince">The first of them, UTC; null when there is none.</param>
/// <param name="LastSuccessAt">The last attempt that succeeded, UTC, to some seconds; or null.</param>
/// <param name="LastFailureAt">The last attempt that failed, UTC; or null.</param>
/// <param name="Circuit">Whether attempts are made although it has not answered of late.</param>
/// <param name="PausedUntil">Until when nothing is sent to it, UTC; null when it is not paused.</param>
/// <param name="PausedBy">Why it is paused, as a constant of <see cref="Hold"/>; or null.</param>
public sealed record WebhookHealth(
    int ConsecutiveFailures,
    DateTimeOffset? FailingSince,
    DateTimeOffset? LastSuccessAt,
    DateTimeOffset? LastFailureAt,
    CircuitState Circuit,
    DateTimeOffset? PausedUntil,
    string? PausedBy)
{
    /// <summary>
    /// So many failures in a row make a webhook one that is failing. Fewer are what retries are for, and a receiver that fails now and
    /// then does not change its state each time.
    /// </summary>
    public const int FailingFrom = 3;

    /// <summary>Whether it is failing or healthy, or has not been seen to succeed yet.</summary>
    public HealthState State =>
        ConsecutiveFailures >= FailingFrom ? HealthState.Failing
        : LastSuccessAt is null ? HealthState.Unknown
        : HealthState.Healthy;
}
