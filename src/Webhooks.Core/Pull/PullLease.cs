namespace Webhooks.Core.Pull;

/// <summary>How deliveries are lent to receivers that pull them.</summary>
public static class PullLease
{
    /// <summary>
    /// How long a delivery is its receiver's, from the pull to the report: long enough to work through a page, and short of the five
    /// minutes after which receivers take a signature for an old one.
    /// </summary>
    public static readonly TimeSpan Time = TimeSpan.FromMinutes(2);

    /// <summary>The most deliveries of one pull, and the most results of one report.</summary>
    public const int Most = 100;

    /// <summary>Bytes of payloads, as they are stored, after which a pull gets no more deliveries.</summary>
    public const int MostBytes = 4 * 1024 * 1024;

    /// <summary>The longest that a pull waits for the first delivery.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(20);
}
