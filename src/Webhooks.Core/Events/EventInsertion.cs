using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;
using Webhooks.Core.Deliveries;

namespace Webhooks.Core.Events;

/// <summary>
/// The statement that accepts events: it inserts a pending delivery for every matching webhook. Idempotent; what it returns is committed.
/// As many of the deliveries as this process has room for are inserted as claimed by it.
/// </summary>
public sealed partial class EventInsertion(NpgsqlDataSource database, IDeliveryIntake intake, ILogger<EventInsertion> logger)
{
    // A key that was stored concurrently makes the second publisher wait and get the first one's event id, and then a
    // conflict on every delivery. Keys and deliveries are locked in order, so publishers cannot deadlock.
    //
    // The planner takes every set here for a handful of rows. So events and what was inserted for them come as rows of their own, to be put together
    // by InsertedEvents: a join compares each delivery with each, which is seconds for a thousand events.
    private const string Sql = """
        WITH message AS (
            SELECT * FROM unnest(@org_ids, @events, @timestamps, @data, @event_ids, @keys, @trace_parents) WITH ORDINALITY
                AS message (org_id, event, "timestamp", data, event_id, key, trace_parent, position)
        ), keyed AS (
            INSERT INTO event_keys AS known (org_id, key, event_id)
            SELECT org_id, key, event_id FROM message WHERE key IS NOT NULL ORDER BY org_id, key
            ON CONFLICT (org_id, key) DO UPDATE SET
                event_id = CASE WHEN known.created_at < now() - @key_lifetime THEN excluded.event_id ELSE known.event_id END,
                created_at = CASE WHEN known.created_at < now() - @key_lifetime THEN now() ELSE known.created_at END
            RETURNING org_id, key, event_id
        ), event AS (
            SELECT message.position, coalesce(keyed.event_id, message.event_id) AS event_id,
                   message.org_id, message.event, message."timestamp", message.data, message.trace_parent
            FROM message LEFT JOIN keyed ON keyed.org_id = message.org_id AND keyed.key = message.key
        ), delivery AS (
            SELECT webhook_delivery_id(event.event_id, webhooks.id) AS id, webhooks.id AS webhook_id, event.*
            FROM event LEFT JOIN webhooks
              ON webhooks.org_id = event.org_id AND webhooks.active AND webhooks.deleted_at IS NULL
             AND webhooks.events && ARRAY[event.event, '*']
        ), inserted AS (
            INSERT INTO webhook_deliveries
                (id, webhook_id, org_id, event, event_id, payload, trace_parent, next_attempt_at, lease_until, lease_token)
            SELECT id, webhook_id, org_id, event, event_id, webhook_payload(event, "timestamp", data, webhook_id), trace_parent, now(),
                   CASE WHEN place <= @claims THEN now() + @lease END, CASE WHEN place <= @claims THEN @lease_token END
            FROM (SELECT *, row_number() OVER (ORDER BY id) AS place FROM delivery WHERE webhook_id IS NOT NULL) AS delivery
            ORDER BY id
            ON CONFLICT (id) DO NOTHING
            RETURNING id, webhook_id, org_id, event_id, event, trace_parent, created_at, CASE WHEN lease_token IS NOT NULL THEN payload::text END AS body
        )
        SELECT position, event_id, count(id)::int, NULL::uuid AS id, NULL::uuid AS webhook_id, NULL::uuid AS org_id, NULL::text AS event,
               NULL::text AS trace_parent, NULL::timestamptz AS created_at, NULL::text AS body, NULL::text AS url, NULL::text AS secret
        FROM delivery GROUP BY position, event_id
        UNION ALL
        SELECT NULL, event_id, NULL, id, webhook_id, org_id, event, trace_parent, created_at, body, NULL, NULL FROM inserted
        UNION ALL
        SELECT NULL, NULL, NULL, NULL, id, NULL, NULL, NULL, NULL, NULL, url, secret FROM webhooks
        WHERE id IN (SELECT webhook_id FROM inserted WHERE body IS NOT NULL)
        """;

    private double _deliveriesPerEvent = 1;

    /// <summary>Stores all events or, when it throws, none.</summary>
    /// <param name="events">No event twice, neither by its key nor by its id.</param>
    /// <param name="cancellationToken">Ends the statement.</param>
    /// <returns>One for each event, in order.</returns>
    internal async Task<IReadOnlyList<PublishedEvent>> InsertAsync(IReadOnlyList<IdentifiedEvent> events, CancellationToken cancellationToken)
    {
        // Twice what is expected, since organizations differ; too much is given back at once, too little is claimed afterwards.
        var room = intake.Reserve((int)Math.Min(int.MaxValue, 2 * DeliveriesToExpect(events.Count)));
        var inserted = new InsertedEvents(events);
        try
        {
            await using var connection = await database.OpenConnectionAsync(cancellationToken);
            await ExecuteAsync(connection, inserted, room, cancellationToken);
        }
        finally
        {
            await intake.TakeAsync(room, inserted.Claims);
        }

        LearnDeliveries(events.Count, inserted.Deliveries);
        if (inserted.Claims.Count < inserted.Deliveries)
        {
            await NotifyAsync();
        }

        return inserted.Published;
    }

    /// <summary>How many deliveries so many events make, if they are like those that were stored lately; not less than one each.</summary>
    internal double DeliveriesToExpect(int events) => events * Volatile.Read(ref _deliveriesPerEvent);

    private static async Task ExecuteAsync(NpgsqlConnection connection, InsertedEvents inserted, IntakeReservation room, CancellationToken cancellationToken)
    {
        var leaseToken = Guid.NewGuid();
        await using var command = CommandFor(connection, inserted.Events, room, leaseToken);

        // With keys, the planner has to know how many there are, or it might compare each with each.
        if (inserted.Events.All(item => item.Identity.Key is null))
        {
            await command.PrepareAsync(cancellationToken);
        }

        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await inserted.ReadAsync(reader, leaseToken, cancellationToken);
    }

    private static NpgsqlCommand CommandFor(
        NpgsqlConnection connection, IReadOnlyList<IdentifiedEvent> events, IntakeReservation room, Guid leaseToken)
    {
        var command = new NpgsqlCommand(Sql, connection);
        var parameters = command.Parameters;
        parameters.AddWithValue("org_ids", events.Select(item => item.Message.OrgId).ToArray());
        parameters.AddWithValue("events", events.Select(item => item.Message.Event).ToArray());
        parameters.AddWithValue("timestamps", events.Select(item => EventTimestamp.Format(item.Timestamp)).ToArray());
        parameters.AddWithValue(
            "data", NpgsqlDbType.Array | NpgsqlDbType.Jsonb, events.Select(item => item.Message.Data).ToArray());
        parameters.AddWithValue("event_ids", events.Select(item => item.Identity.EventId).ToArray());
        parameters.AddWithValue("keys", events.Select(item => item.Identity.Key).ToArray());
        parameters.AddWithValue("key_lifetime", EventIdentity.KeyLifetime);
        parameters.AddWithValue("trace_parents", events.Select(item => item.TraceParent).ToArray());
        parameters.AddWithValue("claims", (long)room.Deliveries);
        parameters.AddWithValue("lease", room.Lease);
        parameters.AddWithValue("lease_token", leaseToken);
        return command;
    }

    private void LearnDeliveries(int events, int deliveries)
    {
        var known = Volatile.Read(ref _deliveriesPerEvent);
        Volatile.Write(ref _deliveriesPerEvent, Math.Max(1, (known + ((double)deliveries / events)) / 2));
    }

    /// <summary>
    /// Wakes the engines. Not in the transaction above: those that notify commit one after the other, each with its own write to disk.
    /// Neither canceled nor allowed to fail the call, since the deliveries are committed; an engine also looks for them by itself.
    /// </summary>
    private async Task NotifyAsync()
    {
        try
        {
            await using var command = database.CreateCommand("SELECT pg_notify('webhook_deliveries', '')");
            await command.ExecuteNonQueryAsync(CancellationToken.None);
        }
        catch (NpgsqlException failure)
        {
            LogNotNotified(failure);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "webhook deliveries are stored, but the engines could not be told; they find them at their next look")]
    private partial void LogNotNotified(Exception failure);
}
