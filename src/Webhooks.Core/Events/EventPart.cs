using Npgsql;

namespace Webhooks.Core.Events;

/// <summary>Deliveries of one event or several that are inserted by one statement of <see cref="PartwiseInsertion"/>.</summary>
/// <param name="events">The events.</param>
/// <param name="webhooksOfEach">
/// How many webhooks of each event get their delivery by it, at most; those that follow the last part's.
/// </param>
internal sealed class EventPart(IReadOnlyList<PartlyStoredEvent> events, long webhooksOfEach)
{
    private readonly (int Webhooks, Guid? LastWebhook, int Deliveries)[] _stored = new (int, Guid?, int)[events.Count];
    private readonly List<Guid>[] _newDeliveries = new List<Guid>[events.Count];

    public IReadOnlyList<PartlyStoredEvent> Events => events;

    public long WebhooksOfEach => webhooksOfEach;

    /// <summary>
    /// The next part of events: of as many as are expected to fit, in their order, and of as many webhooks of each as do fit. Null when all
    /// events are complete.
    /// </summary>
    /// <param name="events">Those that are to be stored.</param>
    /// <param name="expected">How many deliveries each is expected to make.</param>
    /// <param name="cost">What the part may cost.</param>
    public static EventPart? Next(IReadOnlyList<PartlyStoredEvent> events, ExpectedDeliveries expected, long cost)
    {
        var chosen = new List<PartlyStoredEvent>();
        var (costOfOneEach, expectedCost) = (0L, 0.0);
        foreach (var item in events.Where(item => !item.IsComplete))
        {
            var each = StatementCost.Of(item.Event);
            expectedCost += Math.Max(1, expected.Of(item.Event) - item.Webhooks) * each;
            if (chosen.Count > 0 && expectedCost > cost)
            {
                break;
            }

            chosen.Add(item);
            costOfOneEach += each;
        }

        return chosen.Count == 0 ? null : new EventPart(chosen, Math.Max(1, cost / costOfOneEach));
    }

    /// <summary>Reads a row for each event, then one for each delivery that was inserted and is to be attempted.</summary>
    public async Task ReadAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        var positions = new Dictionary<(Guid EventId, Guid OrgId), int>();
        for (var position = 0; position < events.Count; position++)
        {
            positions[(events[position].Event.Identity.EventId, events[position].Event.Message.OrgId)] = position;
            _newDeliveries[position] = [];
        }

        while (await reader.ReadAsync(cancellationToken))
        {
            if (reader.IsDBNull(0))
            {
                _newDeliveries[positions[(reader.GetGuid(1), reader.GetGuid(2))]].Add(reader.GetGuid(4));
            }
            else
            {
                _stored[(int)reader.GetInt64(0) - 1] =
                    (reader.GetInt32(3), reader.IsDBNull(4) ? null : reader.GetGuid(4), reader.GetInt32(5));
            }
        }

        await reader.NextResultAsync(cancellationToken);
    }

    /// <summary>The part is stored: its events have come further.</summary>
    /// <returns>How many deliveries are new and to be made.</returns>
    public int Accept()
    {
        var inserted = 0;
        for (var position = 0; position < events.Count; position++)
        {
            var (webhooks, lastWebhook, deliveries) = _stored[position];
            events[position].Add(webhooks, lastWebhook, deliveries, _newDeliveries[position], isLast: webhooks < webhooksOfEach);
            inserted += _newDeliveries[position].Count;
        }

        return inserted;
    }
}
