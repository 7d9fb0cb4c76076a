namespace Webhooks.Core.Statistics;

/// <summary>The tally of what statements have changed, by webhook and minute.</summary>
/// <param name="since">Deliveries that were created before are not counted; their attempts are.</param>
internal sealed class StatisticsTally(DateTimeOffset since)
{
    private readonly Dictionary<StatisticsKey, DeliveryCounts> _counts = [];

    /// <summary>What was added up, by webhook and minute.</summary>
    public IReadOnlyDictionary<StatisticsKey, DeliveryCounts> Counts => _counts;

    /// <summary>Adds an entry.</summary>
    public void Add(in StatisticsEntry entry)
    {
        if (entry.AttemptedAt is { } attempted)
        {
            var attempts = At(attempted, entry, entry.Error);
            attempts.Attempts++;
            attempts.FailedAttempts += entry.Error.Length > 0 ? 1 : 0;
            attempts.Durations.Add(entry.DurationMs);
        }

        if (entry.CreatedAt >= since && entry.Outcome != StatisticsOutcome.Pending)
        {
            AddDelivery(entry);
        }
    }

    /// <summary>The counts of every row that they add to: by webhook and for all of the organization, in each interval.</summary>
    public IReadOnlyDictionary<(StatisticsInterval Interval, StatisticsKey Key), DeliveryCounts> Rows()
    {
        var rows = new Dictionary<(StatisticsInterval, StatisticsKey), DeliveryCounts>();
        foreach (var (key, counts) in _counts)
        {
            foreach (var interval in StatisticsIntervals.All)
            {
                var spanned = key with { At = interval.Floor(key.At) };
                Of(rows, (interval, spanned)).Add(counts);
                Of(rows, (interval, spanned with { WebhookId = Guid.Empty })).Add(counts);
            }
        }

        return rows;
    }

    private void AddDelivery(in StatisticsEntry entry)
    {
        // A pending delivery counts as one without an error; when it ends, it counts with that in which it ended.
        var made = At(entry.CreatedAt, entry, error: "");
        switch (entry.Outcome)
        {
            case StatisticsOutcome.Made:
                made.Deliveries++;
                return;
            case StatisticsOutcome.Skipped:
                made.Deliveries++;
                made.Skipped++;
                return;
            case StatisticsOutcome.Discarded:
                made.Deliveries--;
                return;
        }

        made.Deliveries--;
        var ended = At(entry.CreatedAt, entry, entry.Error);
        ended.Deliveries++;
        switch (entry.Outcome)
        {
            case StatisticsOutcome.Succeeded:
                ended.Succeeded++;
                ended.FirstAttempt += entry.AttemptNumber == 1 ? 1 : 0;
                ended.EndedAttempts += entry.AttemptNumber;
                break;
            case StatisticsOutcome.Failed:
                ended.Failed++;
                ended.EndedAttempts += entry.AttemptNumber;
                break;
            case StatisticsOutcome.Canceled:
                ended.Canceled++;
                break;
            default:
                throw new InvalidOperationException($"No count is known for {entry.Outcome}.");
        }
    }

    private DeliveryCounts At(DateTimeOffset time, in StatisticsEntry entry, string error) => Of(
        _counts, new StatisticsKey(entry.OrgId, entry.WebhookId, StatisticsInterval.Minute.Floor(time), entry.Event, error));

    private static DeliveryCounts Of<TKey>(Dictionary<TKey, DeliveryCounts> all, TKey key)
        where TKey : notnull
    {
        ref var counts = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(all, key, out _);
        return counts ??= new DeliveryCounts();
    }
}
