namespace Webhooks.Core.Statistics;

/// <summary>The sum of the counts of a window: in total, by span and by group.</summary>
internal sealed class StatisticsSum
{
    private readonly StatisticsWindow _window;
    private readonly StatisticsGrouping? _grouping;
    private readonly DeliveryCounts _totals = new();
    private readonly Dictionary<DateTimeOffset, DeliveryCounts> _series;
    private readonly SortedDictionary<string, Group> _groups = new(StringComparer.Ordinal);

    /// <param name="window">What is asked for.</param>
    /// <param name="grouping">What to tell apart; null for nothing.</param>
    public StatisticsSum(StatisticsWindow window, StatisticsGrouping? grouping)
    {
        _window = window;
        _grouping = grouping;
        _series = Spans();
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
        if (_grouping is StatisticsGrouping.Event or StatisticsGrouping.Error)
        {
            GroupOf(_grouping == StatisticsGrouping.Event ? eventType : error).Counts.Add(counts);
        }
    }

    /// <summary>Adds counts to those of a webhook, if they are of the window.</summary>
    public void AddToGroup(Guid webhookId, DateTimeOffset at, DeliveryCounts counts)
    {
        var beginning = _window.Interval.Floor(at);
        if (!_series.ContainsKey(beginning))
        {
            return;
        }

        var group = GroupOf(webhookId.ToString());
        group.Counts.Add(counts);
        (group.Spans ??= Spans())[beginning].Add(counts);
    }

    /// <summary>What has been added.</summary>
    public StatisticsReport Report(DateTimeOffset since) => new(
        since,
        _totals,
        Series(_series),
        [
            .. _groups.Where(group => !group.Value.Counts.IsEmpty).Select(group => new StatisticsGroup(
                group.Key, group.Value.Counts, group.Value.Spans is { } spans ? Series(spans) : [])),
        ]);

    private Group GroupOf(string key)
    {
        if (!_groups.TryGetValue(key, out var group))
        {
            _groups.Add(key, group = new Group());
        }

        return group;
    }

    private Dictionary<DateTimeOffset, DeliveryCounts> Spans() => _window.Beginnings().ToDictionary(at => at, _ => new DeliveryCounts());

    private IReadOnlyList<(DateTimeOffset At, DeliveryCounts Counts)> Series(Dictionary<DateTimeOffset, DeliveryCounts> spans) =>
        [.. _window.Beginnings().Select(at => (at, spans[at]))];

    private sealed class Group
    {
        public DeliveryCounts Counts { get; } = new();

        public Dictionary<DateTimeOffset, DeliveryCounts>? Spans { get; set; }
    }
}
