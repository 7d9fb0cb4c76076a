namespace Webhooks.Core.Alerts;

/// <summary>
/// The rule that triggers and resolves an organization's alert. Pure. Between the share that triggers and half of it, all stays as it is,
/// so that a share that goes up and down a little tells nothing.
/// </summary>
public static class FailureRateRule
{
    /// <summary>Judges the attempts of a window.</summary>
    /// <param name="triggered">Whether the alert is triggered now.</param>
    /// <param name="attempts">Attempts in the window.</param>
    /// <param name="failed">Those of them that failed.</param>
    /// <param name="options">The settings.</param>
    public static FailureRateVerdict Judge(bool triggered, long attempts, long failed, AlertOptions options)
    {
        if (!triggered)
        {
            return attempts >= options.LeastAttempts && failed >= attempts * options.FailureRate
                ? FailureRateVerdict.Triggered
                : FailureRateVerdict.Unchanged;
        }

        return attempts == 0 ? FailureRateVerdict.Quiet
            : failed < attempts * options.FailureRate / 2 ? FailureRateVerdict.Recovered
            : FailureRateVerdict.Unchanged;
    }
}
