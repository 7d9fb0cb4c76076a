namespace Webhooks.Core.Statistics;

/// <summary>Adds up the counts of a window: in total, by span and by group.</summary>
internal sealed class StatisticsSum
{
    private readonly StatisticsWindow _window;
    private readonly StatisticsGrouping? _grouping;
    private readonly DeliveryCounts _totals = new();
    private readonly Dictionary<DateTimeOffset, DeliveryCounts> _series;
    private readonly SortedDictionary<string, DeliveryCounts> _groups = new(StringComparer.Ordinal);

    /// <param name="window">What is asked for.</param>
    /// <param name="grouping">What to tell apart; null for nothing.</param>
    public StatisticsSum(StatisticsWindow window, StatisticsGrouping? grouping)
    {
        _window = window;
        _grouping = grouping;
        _series = window.Beginnings().ToDictionary(at => at, _ => new DeliveryCounts());
    }

    /// <summary>Adds counts, if they are of the window.</summary>
    public void Add(DateTimeOffset at, string eventType, string error, DeliveryCounts counts)
    {
        if (!_series.TryGetValue(_window.Interval.Floor(at), out var span))
        {
            return;
        }

        span.Add(counts);
        _totals.Add(counts);
        if (_grouping is { } grouping)
        {
            var key = grouping == StatisticsGrouping.Event ? eventType : error;
            if (!_groups.TryGetValue(key, out var group))
            {
                _groups.Add(key, group = new DeliveryCounts());
            }

            group.Add(counts);
        }
    }

    /// <summary>What has been added.</summary>
    public StatisticsReport Report(DateTimeOffset since) => new(
        since,
        _totals,
        [.. _window.Beginnings().Select(at => (at, _series[at]))],
        [.. _groups.Where(group => !group.Value.IsEmpty).Select(group => (group.Key, group.Value))]);
}
