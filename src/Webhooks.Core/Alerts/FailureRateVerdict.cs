namespace Webhooks.Core.Alerts;

/// <summary>What follows from the attempts of a window.</summary>
public enum FailureRateVerdict
{
    /// <summary>All stays as it is.</summary>
    Unchanged,

    /// <summary>Too many failed.</summary>
    Triggered,

    /// <summary>Few enough fail now.</summary>
    Recovered,

    /// <summary>There are no attempts any more.</summary>
    Quiet,
}
