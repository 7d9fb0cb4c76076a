using System.Globalization;

namespace Webhooks.Core.Statistics;

/// <summary>
/// How many attempts took how long. Each bucket's bound is 9 % above that of the one before (eight to a doubling), so a percentile is
/// within 5 % of the attempt's whole milliseconds, whatever they are.
/// </summary>
public sealed class DurationHistogram
{
    private const int BucketsPerDoubling = 8;

    private long[] _counts = [];

    /// <summary>Whether it counts nothing.</summary>
    public bool IsEmpty => _counts.All(count => count == 0);

    /// <summary>The bucket of a duration. The first has what took up to a millisecond.</summary>
    /// <param name="milliseconds">Whole milliseconds.</param>
    public static int BucketOf(int milliseconds) =>
        milliseconds <= 1 ? 0 : (int)Math.Ceiling(BucketsPerDoubling * Math.Log2(milliseconds));

    /// <summary>Counts one attempt.</summary>
    public void Add(int milliseconds) => Add(BucketOf(milliseconds), 1);

    /// <summary>Counts what another counts.</summary>
    public void Add(DurationHistogram other)
    {
        for (var bucket = 0; bucket < other._counts.Length; bucket++)
        {
            Add(bucket, other._counts[bucket]);
        }
    }

    /// <summary>Counts what a row has stored.</summary>
    internal void Add(int[] stored)
    {
        for (var bucket = 0; bucket < stored.Length; bucket++)
        {
            Add(bucket, stored[bucket]);
        }
    }

    /// <summary>
    /// The duration that a share of the attempts took at most (nearest rank), in milliseconds; null when there were none.
    /// </summary>
    /// <param name="percent">Above 0, up to 100.</param>
    public double? Percentile(double percent)
    {
        var total = _counts.Sum();
        if (total == 0)
        {
            return null;
        }

        var rank = (long)Math.Ceiling(total * percent / 100);
        var (bucket, seen) = (0, _counts[0]);
        while (seen < rank)
        {
            seen += _counts[++bucket];
        }

        return Middle(bucket);
    }

    /// <summary>As PostgreSQL reads an array.</summary>
    internal string ToArrayText() =>
        $"{{{string.Join(',', _counts.Select(count => count.ToString(CultureInfo.InvariantCulture)))}}}";

    private void Add(int bucket, long count)
    {
        if (bucket >= _counts.Length)
        {
            Array.Resize(ref _counts, bucket + 1);
        }

        _counts[bucket] += count;
    }

    /// <summary>In the middle of the whole milliseconds that are in a bucket.</summary>
    private static double Middle(int bucket)
    {
        if (bucket == 0)
        {
            return 1;
        }

        var (least, most) = (Math.Floor(Bound(bucket - 1)) + 1, Math.Floor(Bound(bucket)));
        return (least + most) / 2;
    }

    private static double Bound(int bucket) => Math.Pow(2, (double)bucket / BucketsPerDoubling);
}
