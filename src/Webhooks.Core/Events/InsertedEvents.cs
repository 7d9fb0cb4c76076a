using Npgsql;
using Webhooks.Core.Deliveries;

namespace Webhooks.Core.Events;

/// <summary>Reads what <see cref="EventInsertion"/> has stored, and puts each delivery to its event.</summary>
/// <param name="events">The events, distinct.</param>
internal sealed class InsertedEvents(IReadOnlyList<IdentifiedEvent> events)
{
    private readonly (Guid EventId, int Deliveries)[] _accepted = new (Guid, int)[events.Count];
    private readonly List<Guid>?[] _newDeliveries = new List<Guid>?[events.Count];
    private readonly Dictionary<(Guid EventId, Guid OrgId), int> _positions = new(events.Count);
    private readonly List<ClaimedRow> _claimed = [];
    private readonly Dictionary<Guid, (string Url, string? Secret)> _webhooks = [];

    /// <summary>What was to be stored.</summary>
    public IReadOnlyList<IdentifiedEvent> Events => events;

    /// <summary>The number of deliveries that were inserted.</summary>
    public int Deliveries { get; private set; }

    /// <summary>Those of them that this process has claimed.</summary>
    public IReadOnlyList<ClaimedDelivery> Claims { get; private set; } = [];

    /// <summary>One for each event, in order.</summary>
    public IReadOnlyList<PublishedEvent> Published =>
    [
        .. events.Select((item, position) => new PublishedEvent(
            _accepted[position].EventId,
            item.Message.OrgId,
            item.Message.Event,
            _accepted[position].Deliveries,
            (IReadOnlyList<Guid>?)_newDeliveries[position] ?? [])),
    ];

    /// <summary>Reads the rows of all events, then of all deliveries, and of the webhooks of those that are claimed.</summary>
    /// <param name="reader">The statement's answer. When this returns, what it says is committed.</param>
    /// <param name="leaseToken">What the claims were made with.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task ReadAsync(NpgsqlDataReader reader, Guid leaseToken, CancellationToken cancellationToken)
    {
        while (await reader.ReadAsync(cancellationToken))
        {
            if (!reader.IsDBNull(0))
            {
                ReadEvent(reader);
            }
            else if (!reader.IsDBNull(3))
            {
                ReadDelivery(reader);
            }
            else
            {
                _webhooks.Add(reader.GetGuid(4), (reader.GetString(10), reader.IsDBNull(11) ? null : reader.GetString(11)));
            }
        }

        // Only now has PostgreSQL said that it is committed: the end of the rows comes before that.
        await reader.NextResultAsync(cancellationToken);
        Claims = [.. _claimed.Select(row => row.WithWebhook(leaseToken, _webhooks[row.WebhookId]))];
    }

    private void ReadEvent(NpgsqlDataReader reader)
    {
        var position = (int)reader.GetInt64(0) - 1;
        var eventId = reader.GetGuid(1);
        _accepted[position] = (eventId, reader.GetInt32(2));

        // A key may stand for the id of another event of this call: the deliveries are those of one of them.
        _positions.TryAdd((eventId, events[position].Message.OrgId), position);
    }

    private void ReadDelivery(NpgsqlDataReader reader)
    {
        var row = new ClaimedRow(
            EventId: reader.GetGuid(1),
            Id: reader.GetGuid(3),
            WebhookId: reader.GetGuid(4),
            OrgId: reader.GetGuid(5),
            Event: reader.GetString(6),
            TraceParent: reader.IsDBNull(7) ? null : reader.GetString(7),
            CreatedAt: reader.GetFieldValue<DateTimeOffset>(8),
            Body: reader.IsDBNull(9) ? null : reader.GetFieldValue<byte[]>(9));
        (_newDeliveries[_positions[(row.EventId, row.OrgId)]] ??= []).Add(row.Id);
        Deliveries++;
        if (row.Body is not null)
        {
            _claimed.Add(row);
        }
    }

    private readonly record struct ClaimedRow(
        Guid EventId, Guid Id, Guid WebhookId, Guid OrgId, string Event, string? TraceParent, DateTimeOffset CreatedAt, byte[]? Body)
    {
        public ClaimedDelivery WithWebhook(Guid leaseToken, (string Url, string? Secret) webhook) => new(
            Id, leaseToken, WebhookId, OrgId, EventId, Event, Body, AttemptsMade: 0, Test: false, webhook.Url, webhook.Secret, WebhookActive: true, CreatedAt, TraceParent);
    }
}
