using Npgsql;
using Webhooks.Core.Deliveries;
using Webhooks.Core.Postgres;
using Webhooks.Core.Statistics;

namespace Webhooks.Core.Events;

/// <summary>
/// The statement that accepts events: it inserts a pending delivery for every matching webhook, and a skipped one for each that is
/// inactive and keeps what it misses. Idempotent; what it returns is committed. As many of the pending ones as this process has room for
/// are inserted as claimed by it.
/// </summary>
public sealed class EventInsertion(
    NpgsqlDataSource database, IDeliveryIntake intake, DeliveryAnnouncement announcement, WebhooksOptions options)
{
    // How many deliveries there are to be is known before anything is written; when they would cost more than the statement may, nothing
    // is. Skipped ones cost as much, but are neither counted as the event's nor returned: there is nothing to do about them.
    //
    // A key that was stored concurrently makes the second publisher wait and get the first one's event id. Of an event whose key is known
    // nothing is inserted: its deliveries are those that it had. Keys and deliveries are locked in order, so publishers cannot deadlock.
    //
    // The planner takes every set here for a handful of rows. So a message gets its webhooks as an array, a set is looked into by a hash
    // (NOT IN), and what was inserted comes as rows of its own, to be put together by InsertedEvents: a join compares each with each, which
    // is seconds for a thousand events.
    private const string Sql = $$"""
        WITH message AS MATERIALIZED (
            SELECT *, string_to_array(listed, ',') AS names
            FROM unnest(@org_ids, @events, @listed, @timestamps, @data, @event_ids, @trace_parents, @keys, @happened, @costs,
                        @deliver_at, @ordering_keys)
                WITH ORDINALITY AS message
                (org_id, event, listed, "timestamp", data, event_id, trace_parent, key, happened, cost, deliver_at, ordering_key, position)
        ), matched AS MATERIALIZED (
            SELECT message.*, webhook_ids, actives, as_cloud_events, are_pulled, deliveries
            FROM message CROSS JOIN LATERAL (
                SELECT coalesce(array_agg(id), '{}') AS webhook_ids, coalesce(array_agg(active), '{}') AS actives,
                       array_agg(payload_format = 'cloudevents') AS as_cloud_events, array_agg(mode = 'pull') AS are_pulled,
                       (count(*) FILTER (WHERE active))::int AS deliveries
                FROM webhooks
                WHERE webhooks.org_id = message.org_id AND (webhooks.active OR webhooks.keep_skipped) AND webhooks.deleted_at IS NULL
                  AND webhooks.events && message.names
                  AND webhook_filter_matches(webhooks.filter_path, message.event, message."timestamp", message.data)
            ) AS wanted
        ), bounded AS MATERIALIZED (
            SELECT coalesce(sum(cardinality(webhook_ids) * cost), 0) <= @most
                   AND (SELECT webhook_refuse_organization(id) FROM organizations
                        WHERE id = ANY (@org_ids) AND erasing_since IS NOT NULL LIMIT 1) IS NULL AS fits
            FROM matched
        ), keyed AS (
            INSERT INTO event_keys AS known (org_id, key, event_id, fingerprint, deliveries)
            SELECT org_id, key, event_id, webhook_event_fingerprint(event, happened, data), deliveries
            FROM matched WHERE key IS NOT NULL AND (SELECT fits FROM bounded) ORDER BY org_id, key
            ON CONFLICT (org_id, key) DO UPDATE SET
                event_id = CASE WHEN known.created_at < now() - @key_lifetime THEN excluded.event_id ELSE known.event_id END,
                created_at = CASE WHEN known.created_at < now() - @key_lifetime THEN now() ELSE known.created_at END,
                deliveries = CASE WHEN known.created_at < now() - @key_lifetime THEN excluded.deliveries ELSE known.deliveries END,
                fingerprint = CASE
                    WHEN known.created_at < now() - @key_lifetime THEN excluded.fingerprint
                    WHEN known.fingerprint = excluded.fingerprint AND known.deliveries IS NOT NULL THEN known.fingerprint
                    ELSE webhook_refuse_event(excluded.org_id, excluded.event_id, known.fingerprint, excluded.fingerprint) END
            RETURNING org_id, key, event_id, deliveries, created_at = now() AS fresh
        ), repeated AS (
            SELECT org_id, key, event_id, deliveries FROM keyed WHERE NOT fresh
        ), delivery AS (
            SELECT webhook_delivery_id(event_id, webhook_id) AS id, webhook_id, active, as_cloud_event, org_id, event, event_id,
                   "timestamp", data, trace_parent, deliver_at, ordering_key, active AND is_pulled AS is_pulled,
                   active AND NOT is_pulled AND (deliver_at > now()) IS NOT TRUE AS due
            FROM matched, unnest(webhook_ids, actives, as_cloud_events, are_pulled)
                AS webhook (webhook_id, active, as_cloud_event, is_pulled)
            WHERE (SELECT fits FROM bounded) AND (key IS NULL OR (org_id, key) NOT IN (SELECT org_id, key FROM repeated))
        ), inserted AS (
            INSERT INTO webhook_deliveries
                (id, webhook_id, org_id, event, event_id, payload, trace_parent, deliver_at, ordering_key, status, next_attempt_at,
                 lease_until, lease_token)
            SELECT id, webhook_id, org_id, event, event_id,
                   webhook_payload(as_cloud_event, event, event_id, org_id, "timestamp", data, webhook_id), trace_parent,
                   deliver_at, ordering_key, CASE WHEN active THEN 'pending' ELSE 'skipped' END,
                   CASE WHEN active THEN greatest(now(), deliver_at) END,
                   CASE WHEN is_pulled THEN 'infinity' WHEN due AND place <= @claims THEN now() + @lease END,
                   CASE WHEN due AND place <= @claims THEN @lease_token END
            FROM (
                SELECT *, count(*) FILTER (WHERE due) OVER (ORDER BY id ROWS UNBOUNDED PRECEDING) AS place FROM delivery
            ) AS delivery
            ORDER BY id
            ON CONFLICT (id) DO NOTHING
            RETURNING id, webhook_id, org_id, event_id, event, trace_parent, created_at, status,
                      CASE WHEN lease_token IS NOT NULL THEN payload::text END AS body, lease_until = 'infinity' AS is_pulled
        ), {{StatisticsChanges.Made}}
        SELECT position, NULL::uuid AS event_id, deliveries, NULL::uuid AS id, NULL::uuid AS webhook_id,
               NULL::uuid AS org_id, NULL::text AS event, NULL::text AS trace_parent, NULL::timestamptz AS created_at, NULL::text AS body,
               NULL::text AS url, NULL::text AS secret, NULL::text AS key, (SELECT fits FROM bounded) AS fits,
               NULL::int[] AS retry_delays, NULL::int AS timeout_seconds, NULL::text AS previous_secret, NULL::boolean AS secret_promoted,
               cardinality(webhook_ids) AS webhooks, NULL::text AS headers, NULL::uuid AS transform_id,
               NULL::boolean AS is_pulled
        FROM matched
        UNION ALL
        SELECT NULL, event_id, deliveries, NULL, NULL, org_id, NULL, NULL, NULL, NULL, NULL, NULL, key, NULL, NULL, NULL, NULL, NULL,
               NULL, NULL, NULL, NULL
        FROM repeated
        UNION ALL
        SELECT NULL, event_id, NULL, id, webhook_id, org_id, event, trace_parent, created_at, body, NULL, NULL, NULL, NULL, NULL, NULL,
               NULL, NULL, NULL, NULL, NULL, is_pulled
        FROM inserted WHERE status = 'pending'
        UNION ALL
        SELECT NULL, NULL, NULL, NULL, id, NULL, NULL, NULL, NULL, NULL, url, secret, NULL, NULL, retry_delays, timeout_seconds,
               CASE WHEN previous_secret_expires_at > now() THEN previous_secret END, secret_promoted, NULL, headers,
               transform_id, NULL
        FROM webhooks WHERE id IN (SELECT webhook_id FROM inserted WHERE body IS NOT NULL)
        """;

    /// <summary>Stores all events, or none: when it throws, and when they would cost more than <see cref="StatementCost.Most"/>.</summary>
    /// <param name="events">No event twice, neither by its key nor by its id.</param>
    /// <param name="deliveries">How many deliveries they are expected to make.</param>
    /// <param name="cancellationToken">Ends the statement.</param>
    /// <exception cref="RefusedEventException">The key of one is known, or its organization is erased.</exception>
    /// <exception cref="StatementTimeoutException">It took longer than a statement may.</exception>
    internal async Task<InsertedEvents> InsertAsync(
        IReadOnlyList<IdentifiedEvent> events, double deliveries, CancellationToken cancellationToken)
    {
        // Twice what is expected, since organizations differ; too much is given back at once, too little is claimed afterwards.
        var room = intake.Reserve((int)Math.Min(int.MaxValue, 2 * deliveries));
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

        if (inserted.Claims.Count < inserted.Deliveries)
        {
            await announcement.NotifyAsync();
        }

        if (inserted.PulledWebhooks is { } pulled)
        {
            await announcement.NotifyPullsAsync(pulled);
        }

        return inserted;
    }

    private async Task ExecuteAsync(
        NpgsqlConnection connection, InsertedEvents inserted, IntakeReservation room, CancellationToken cancellationToken)
    {
        var leaseToken = Guid.NewGuid();
        await using var command = CommandFor(connection, inserted.Events, room, leaseToken);
        try
        {
            if (options.DatabasePooling == DatabasePooling.Session)
            {
                await command.PrepareAsync(cancellationToken);
            }

            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            await inserted.ReadAsync(reader, leaseToken, cancellationToken);
        }
        catch (PostgresException refused) when (RefusedEventException.IsSaidBy(refused))
        {
            throw new RefusedEventException(refused);
        }
        catch (NpgsqlException timeout) when (DatabaseFailure.IsTimeout(timeout))
        {
            throw new StatementTimeoutException(timeout);
        }
    }

    private static NpgsqlCommand CommandFor(
        NpgsqlConnection connection, IReadOnlyList<IdentifiedEvent> events, IntakeReservation room, Guid leaseToken)
    {
        var command = new NpgsqlCommand(Sql, connection);
        var parameters = command.Parameters;
        parameters.AddContents(events);
        parameters.AddKeys(events);
        parameters.AddWithValue("costs", events.Select(StatementCost.Of).ToArray());
        parameters.AddWithValue("most", StatementCost.Most);
        parameters.AddWithValue("claims", (long)room.Deliveries);
        parameters.AddWithValue("lease", room.Lease);
        parameters.AddWithValue("lease_token", leaseToken);
        return command;
    }
}
