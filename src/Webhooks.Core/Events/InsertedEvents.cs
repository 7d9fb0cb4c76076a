using Npgsql;
using Webhooks.Core.Deliveries;
using Webhooks.Core.Secrets;

namespace Webhooks.Core.Events;

/// <summary>What <see cref="EventInsertion"/> has stored, each delivery with its event.</summary>
internal sealed class InsertedEvents
{
    private readonly IReadOnlyList<IdentifiedEvent> _events;
    private readonly (Guid EventId, int Deliveries)[] _accepted;
    private readonly List<Guid>?[] _newDeliveries;
    private readonly int[] _webhooks;
    private readonly Dictionary<(Guid EventId, Guid OrgId), int> _positions;
    private readonly List<ClaimedRow> _claimed = [];
    private readonly Dictionary<Guid, Receiver> _receivers = [];
    private Dictionary<(Guid OrgId, string Key), int>? _keys;
    private int[]? _newPulled;
    private HashSet<Guid>? _pulledWebhooks;

    /// <param name="events">The events, distinct.</param>
    public InsertedEvents(IReadOnlyList<IdentifiedEvent> events)
    {
        _events = events;
        _accepted = new (Guid, int)[events.Count];
        _newDeliveries = new List<Guid>?[events.Count];
        _webhooks = new int[events.Count];
        _positions = new(events.Count);
        for (var position = 0; position < events.Count; position++)
        {
            _positions[(events[position].Identity.EventId, events[position].Message.OrgId)] = position;
        }
    }

    /// <summary>What was to be stored.</summary>
    public IReadOnlyList<IdentifiedEvent> Events => _events;

    /// <summary>Whether the statement did store it; otherwise it would have cost too much, and nothing is stored.</summary>
    public bool Fits { get; private set; }

    /// <summary>How many webhooks want each event, also those for which it is only kept: what it costs to store it.</summary>
    public IReadOnlyList<int> Webhooks => _webhooks;

    /// <summary>The webhooks for which deliveries wait to be pulled now; null when there are none.</summary>
    public IReadOnlyCollection<Guid>? PulledWebhooks => _pulledWebhooks;

    /// <summary>The number of pending deliveries that were inserted and are to be attempted.</summary>
    public int Deliveries { get; private set; }

    /// <summary>Those of them that this process has claimed.</summary>
    public IReadOnlyList<ClaimedDelivery> Claims { get; private set; } = [];

    /// <summary>One for each event, in order.</summary>
    public IReadOnlyList<PublishedEvent> Published =>
    [
        .. _events.Select((item, position) => new PublishedEvent(
            _accepted[position].EventId,
            item.Message.OrgId,
            item.Message.Event,
            _accepted[position].Deliveries,
            (IReadOnlyList<Guid>?)_newDeliveries[position] ?? [])
        {
            NewPulled = _newPulled?[position] ?? 0,
        }),
    ];

    /// <summary>
    /// Reads the rows of all events, of those that were known, then of all pending deliveries, and of the webhooks of those that are
    /// claimed.
    /// </summary>
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
            else if (!reader.IsDBNull(12))
            {
                ReadRepeated(reader);
            }
            else if (!reader.IsDBNull(3))
            {
                ReadDelivery(reader);
            }
            else
            {
                ReadReceiver(reader);
            }
        }

        // Only now has PostgreSQL said that it is committed: the end of the rows comes before that.
        await reader.NextResultAsync(cancellationToken);
        Claims = [.. _claimed.Select(row => row.WithWebhook(leaseToken, _receivers[row.WebhookId]))];
    }

    private void ReadEvent(NpgsqlDataReader reader)
    {
        var position = (int)reader.GetInt64(0) - 1;
        _webhooks[position] = reader.GetInt32(18);
        _accepted[position] = (_events[position].Identity.EventId, reader.GetInt32(2));
        Fits = reader.GetBoolean(13);
    }

    private void ReadRepeated(NpgsqlDataReader reader)
    {
        _keys ??= Enumerable.Range(0, _events.Count)
            .Where(position => _events[position].Identity.Key is not null)
            .ToDictionary(position => (_events[position].Message.OrgId, _events[position].Identity.Key!));
        _accepted[_keys[(reader.GetGuid(5), reader.GetString(12))]] = (reader.GetGuid(1), reader.GetInt32(2));
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
        if (!reader.IsDBNull(21) && reader.GetBoolean(21))
        {
            (_pulledWebhooks ??= []).Add(row.WebhookId);
            (_newPulled ??= new int[_events.Count])[_positions[(row.EventId, row.OrgId)]]++;
            return;
        }

        (_newDeliveries[_positions[(row.EventId, row.OrgId)]] ??= []).Add(row.Id);
        Deliveries++;
        if (row.Body is not null)
        {
            _claimed.Add(row);
        }
    }

    private void ReadReceiver(NpgsqlDataReader reader) => _receivers.Add(reader.GetGuid(4), new Receiver(
        Url: reader.GetString(10),
        Secret: reader.IsDBNull(11) ? null : reader.GetString(11),
        WebhookSchedule.From(
            reader.IsDBNull(14) ? null : reader.GetFieldValue<int[]>(14),
            reader.IsDBNull(15) ? null : reader.GetInt32(15)),
        reader.IsDBNull(16) ? null : new PreviousSecret(reader.GetString(16), reader.GetBoolean(17)),
        Headers: reader.IsDBNull(19) ? null : reader.GetString(19),
        TransformId: reader.IsDBNull(20) ? null : reader.GetGuid(20)));

    private readonly record struct Receiver(
        string Url, string? Secret, WebhookSchedule? Schedule, PreviousSecret? PreviousSecret, string? Headers, Guid? TransformId);

    private readonly record struct ClaimedRow(
        Guid EventId, Guid Id, Guid WebhookId, Guid OrgId, string Event, string? TraceParent, DateTimeOffset CreatedAt, byte[]? Body)
    {
        public ClaimedDelivery WithWebhook(Guid leaseToken, Receiver webhook) => new(
            Id,
            leaseToken,
            WebhookId,
            OrgId,
            EventId,
            Event,
            Body,
            AttemptsMade: 0,
            Test: false,
            webhook.Url,
            webhook.Secret,
            WebhookActive: true,
            CreatedAt,
            TraceParent,
            webhook.Schedule,
            webhook.PreviousSecret,
            ClaimedAt: CreatedAt)
        {
            EncryptedHeaders = webhook.Headers,
            TransformId = webhook.TransformId,
        };
    }
}
