namespace Webhooks.Core.Events;

/// <summary>
/// How many deliveries an event will make: as many as the last one of its organization and type, or as events did on average of late.
/// </summary>
internal sealed class ExpectedDeliveries(TimeProvider clock) : IDisposable
{
    private const int MostKnown = 20_000;

    private static readonly TimeSpan _memory = TimeSpan.FromHours(1);

    private readonly RecentlyUsed<(Guid OrgId, string Event), Known> _known = new(MostKnown, _memory, clock);
    private double _average = 1;

    /// <summary>The number for one event; not less than one.</summary>
    public double Of(IdentifiedEvent item) =>
        _known.Find((item.Message.OrgId, item.Message.Event)) is { } known ? Math.Max(1, known.Deliveries) : Volatile.Read(ref _average);

    /// <summary>What events are expected to cost.</summary>
    public long CostOf(IReadOnlyList<IdentifiedEvent> events)
    {
        var cost = 0.0;
        for (var index = 0; index < events.Count; index++)
        {
            cost += Of(events[index]) * StatementCost.Of(events[index]);
        }

        return (long)Math.Min(long.MaxValue / 2, cost);
    }

    /// <summary>Takes over how many webhooks want each of some events.</summary>
    /// <param name="events">The events.</param>
    /// <param name="webhooks">A number for each, in order.</param>
    public void Learn(IReadOnlyList<IdentifiedEvent> events, IReadOnlyList<int> webhooks)
    {
        var sum = 0L;
        for (var index = 0; index < events.Count; index++)
        {
            var key = (events[index].Message.OrgId, events[index].Message.Event);
            if (_known.Find(key)?.Deliveries != webhooks[index])
            {
                _known.Add(key, new Known(webhooks[index]));
            }

            sum += webhooks[index];
        }

        Volatile.Write(ref _average, Math.Max(1, (Volatile.Read(ref _average) + ((double)sum / events.Count)) / 2));
    }

    public void Dispose() => _known.Dispose();

    private sealed record Known(int Deliveries);
}
