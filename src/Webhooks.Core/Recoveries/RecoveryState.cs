namespace Webhooks.Core.Recoveries;

/// <summary>Whether a recovery goes on.</summary>
public enum RecoveryState
{
    /// <summary>It makes redeliveries, or waits for those that it has made to end.</summary>
    Running,

    /// <summary>It makes none until it is resumed.</summary>
    Paused,

    /// <summary>It was ended before it had made all.</summary>
    Canceled,

    /// <summary>All that it has made have ended.</summary>
    Finished,
}
