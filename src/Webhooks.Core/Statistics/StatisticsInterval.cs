namespace Webhooks.Core.Statistics;

/// <summary>The length of the spans of time that are counted. Each begins at a multiple of its length in UTC.</summary>
public enum StatisticsInterval
{
    /// <summary>Kept for two days.</summary>
    Minute,

    /// <summary>Kept for 90 days.</summary>
    Hour,

    /// <summary>Kept for <see cref="StatisticsOptions.Retention"/>.</summary>
    Day,
}
