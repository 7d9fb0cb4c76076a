using System.Text;
using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;
using Webhooks.Core.Postgres;
using Webhooks.Core.Telemetry;

namespace Webhooks.Core.Events;

/// <summary>Accepts events: one statement inserts a pending delivery for every matching webhook. Idempotent; what it returns is committed.</summary>
public sealed partial class EventPublisher(
    NpgsqlDataSource database, WebhooksTracing tracing, TimeProvider clock, ILogger<EventPublisher> logger)
{
    /// <summary>Publishes all events or, when it throws, none.</summary>
    /// <returns>
    /// One for each message, in order. Of messages with the same organization and key, the first makes the deliveries; the later ones
    /// have its id and number of deliveries.
    /// </returns>
    public async Task<IReadOnlyList<PublishedEvent>> PublishAsync(IReadOnlyList<EventMessage> messages, CancellationToken cancellationToken)
    {
        if (messages.Count == 0)
        {
            return [];
        }

        using var activity = tracing.StartPublish(messages);
        var (events, positions) = Distinguish(messages);
        var published = await ConflictRetry.RunAsync(cancel => InsertAsync(events, cancel), cancellationToken);
        foreach (var accepted in published)
        {
            LogAccepted(accepted.Id, accepted.Event, accepted.OrgId, accepted.Deliveries, accepted.NewDeliveries.Count);
        }

        return Answer(published, positions);
    }

    /// <summary>Leaves out repetitions of an event within one call.</summary>
    /// <returns>The events, and for each message the position of its event.</returns>
    private (IReadOnlyList<IdentifiedEvent> Events, int[] Positions) Distinguish(IReadOnlyList<EventMessage> messages)
    {
        var now = clock.GetUtcNow();
        var events = new List<IdentifiedEvent>(messages.Count);
        var positions = new int[messages.Count];
        var known = new Dictionary<(Guid OrgId, string? Key, Guid Id), int>();
        for (var index = 0; index < messages.Count; index++)
        {
            var message = messages[index];
            var identity = EventIdentity.Of(message.Key, now);
            var sameEvent = (message.OrgId, identity.Key, identity.Key is null ? identity.EventId : Guid.Empty);
            if (!known.TryGetValue(sameEvent, out positions[index]))
            {
                known[sameEvent] = positions[index] = events.Count;
                events.Add(new IdentifiedEvent(identity, message, message.Timestamp ?? now));
            }
        }

        return (events, positions);
    }

    private static PublishedEvent[] Answer(IReadOnlyList<PublishedEvent> published, int[] positions)
    {
        var answers = new PublishedEvent[positions.Length];
        var answered = new HashSet<int>();
        for (var index = 0; index < positions.Length; index++)
        {
            var accepted = published[positions[index]];
            answers[index] = answered.Add(positions[index]) ? accepted : accepted with { NewDeliveries = [] };
        }

        return answers;
    }

    private async Task<IReadOnlyList<PublishedEvent>> InsertAsync(IReadOnlyList<IdentifiedEvent> events, CancellationToken cancellationToken)
    {
        // A key that was stored concurrently makes the second publisher wait and get the first one's event id, and then a
        // conflict on every delivery. Keys and deliveries are locked in order, so publishers cannot deadlock.
        //
        // The planner takes every set here for a handful of rows. So what was inserted is looked up (IN is hashed), not joined: as a join
        // it compares each delivery with each, which is seconds for a thousand events.
        const string Sql = """
            WITH message AS (
                SELECT * FROM unnest(@org_ids, @events, @timestamps, @data, @event_ids, @keys) WITH ORDINALITY
                    AS message (org_id, event, "timestamp", data, event_id, key, position)
            ), keyed AS (
                INSERT INTO event_keys AS known (org_id, key, event_id)
                SELECT org_id, key, event_id FROM message WHERE key IS NOT NULL ORDER BY org_id, key
                ON CONFLICT (org_id, key) DO UPDATE SET
                    event_id = CASE WHEN known.created_at < now() - @key_lifetime THEN excluded.event_id ELSE known.event_id END,
                    created_at = CASE WHEN known.created_at < now() - @key_lifetime THEN now() ELSE known.created_at END
                RETURNING org_id, key, event_id
            ), event AS (
                SELECT message.position, coalesce(keyed.event_id, message.event_id) AS event_id,
                       message.org_id, message.event, message."timestamp", message.data
                FROM message LEFT JOIN keyed ON keyed.org_id = message.org_id AND keyed.key = message.key
            ), delivery AS (
                SELECT webhook_delivery_id(event.event_id, webhooks.id) AS id, webhooks.id AS webhook_id, event.*
                FROM event LEFT JOIN webhooks
                  ON webhooks.org_id = event.org_id AND webhooks.active AND webhooks.deleted_at IS NULL
                 AND webhooks.events && ARRAY[event.event, '*']
            ), inserted AS (
                INSERT INTO webhook_deliveries (id, webhook_id, org_id, event, event_id, payload, trace_parent, next_attempt_at)
                SELECT id, webhook_id, org_id, event, event_id, webhook_payload(event, "timestamp", data, webhook_id), @trace_parent, now()
                FROM delivery WHERE webhook_id IS NOT NULL ORDER BY id
                ON CONFLICT (id) DO NOTHING
                RETURNING id
            )
            SELECT event_id, count(id)::int, coalesce(array_agg(id) FILTER (WHERE id IN (SELECT id FROM inserted)), '{}')
            FROM delivery
            GROUP BY position, event_id
            ORDER BY position
            """;
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var published = new List<PublishedEvent>(events.Count);
        await using (var command = new NpgsqlCommand(Sql, connection))
        {
            command.Parameters.AddWithValue("org_ids", events.Select(item => item.Message.OrgId).ToArray());
            command.Parameters.AddWithValue("events", events.Select(item => item.Message.Event).ToArray());
            command.Parameters.AddWithValue("timestamps", events.Select(item => EventTimestamp.Format(item.Timestamp)).ToArray());
            command.Parameters.AddWithValue(
                "data", NpgsqlDbType.Array | NpgsqlDbType.Jsonb, events.Select(item => Encoding.UTF8.GetString(item.Message.Data.Span)).ToArray());
            command.Parameters.AddWithValue("event_ids", events.Select(item => item.Identity.EventId).ToArray());
            command.Parameters.AddWithValue("keys", events.Select(item => item.Identity.Key).ToArray());
            command.Parameters.AddWithValue("key_lifetime", EventIdentity.KeyLifetime);
            command.Parameters.Add(NullableParameter.Create("trace_parent", NpgsqlDbType.Text, WebhooksTracing.CurrentTraceParent));

            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            foreach (var item in events)
            {
                await reader.ReadAsync(cancellationToken);
                published.Add(new PublishedEvent(
                    reader.GetGuid(0), item.Message.OrgId, item.Message.Event, reader.GetInt32(1), reader.GetFieldValue<Guid[]>(2)));
            }
        }

        if (published.Exists(accepted => accepted.NewDeliveries.Count > 0))
        {
            await NotifyAsync(connection);
        }

        return published;
    }

    /// <summary>
    /// Wakes the engines. Not in the transaction above: those that notify commit one after the other, each with its own write to disk.
    /// Neither canceled nor allowed to fail the call, since the deliveries are committed; an engine also looks for them by itself.
    /// </summary>
    private async Task NotifyAsync(NpgsqlConnection connection)
    {
        try
        {
            await using var command = new NpgsqlCommand("SELECT pg_notify('webhook_deliveries', '')", connection);
            await command.ExecuteNonQueryAsync(CancellationToken.None);
        }
        catch (NpgsqlException failure)
        {
            LogNotNotified(failure);
        }
    }

    [LoggerMessage(1, LogLevel.Information, "webhook event {EventId} {Event} of organization {OrgId} accepted: {Deliveries} deliveries, {NewDeliveries} of them new")]
    private partial void LogAccepted(Guid eventId, string @event, Guid orgId, int deliveries, int newDeliveries);

    [LoggerMessage(2, LogLevel.Warning, "webhook deliveries are stored, but the engines could not be told; they find them at their next look")]
    private partial void LogNotNotified(Exception failure);

    private sealed record IdentifiedEvent(EventIdentity Identity, EventMessage Message, DateTimeOffset Timestamp);
}
