using Microsoft.Extensions.Logging;
using Npgsql;
using Webhooks.Core.Deliveries;
using Webhooks.Core.Postgres;
using Webhooks.Core.Statistics;

namespace Webhooks.Core.Events;

/// <summary>
/// The way to accept events that make more deliveries than one statement should insert: in parts, each a short statement, one at a time in
/// this process. Whoever publishes meanwhile shares the database with one such statement at most.
/// </summary>
/// <remarks>
/// First the keys are stored, so that what comes under them is known to be the same event, then the deliveries, and then that they are
/// complete. Ids of deliveries are derived, and nobody gets one whose webhook was made after the keys were stored: so whoever repeats what
/// did not come to its end completes it.
/// </remarks>
public sealed partial class PartwiseInsertion(
    NpgsqlDataSource database, DeliveryAnnouncement announcement, TimeProvider clock, ILogger<PartwiseInsertion> logger) : IDisposable
{
    // Of an event without a key, what counts as its first publishing is when its first delivery was stored, if there is one. One that a
    // version without fingerprints has stored is complete, since such versions store all deliveries at once.
    private const string BeginSql = """
        WITH message AS (
            SELECT * FROM unnest(@org_ids, @events, @data, @event_ids, @keys, @happened, @stored) WITH ORDINALITY
                AS message (org_id, event, data, event_id, key, happened, stored, position)
            WHERE (SELECT webhook_refuse_organization(id) FROM organizations
                   WHERE id = ANY (@org_ids) AND erasing_since IS NOT NULL LIMIT 1) IS NULL
        ), keyed AS (
            INSERT INTO event_keys AS known (org_id, key, event_id, fingerprint)
            SELECT org_id, key, event_id, webhook_event_fingerprint(event, happened, data)
            FROM message WHERE key IS NOT NULL ORDER BY org_id, key
            ON CONFLICT (org_id, key) DO UPDATE SET
                event_id = CASE WHEN known.created_at < now() - @key_lifetime THEN excluded.event_id ELSE known.event_id END,
                created_at = CASE WHEN known.created_at < now() - @key_lifetime THEN now() ELSE known.created_at END,
                deliveries = CASE WHEN known.created_at < now() - @key_lifetime THEN NULL ELSE known.deliveries END,
                fingerprint = CASE
                    WHEN known.created_at < now() - @key_lifetime THEN excluded.fingerprint
                    WHEN known.fingerprint IS NULL OR known.fingerprint = excluded.fingerprint THEN known.fingerprint
                    ELSE webhook_refuse_event(excluded.org_id, excluded.event_id, known.fingerprint, excluded.fingerprint) END
            RETURNING org_id, key, event_id, created_at, deliveries, fingerprint IS NULL AS complete
        ), event AS (
            SELECT position, coalesce(keyed.event_id, message.event_id) AS event_id, keyed.created_at, keyed.deliveries,
                   coalesce(complete, false) AS complete, coalesce(stored, false) AS stored
            FROM message LEFT JOIN keyed ON keyed.org_id = message.org_id AND keyed.key = message.key
        )
        SELECT position, event_id, coalesce(event.created_at, CASE WHEN stored THEN existing.first END, now()),
               coalesce(event.deliveries, CASE WHEN complete THEN existing.deliveries END)::int
        FROM event LEFT JOIN LATERAL (
            SELECT count(*) FILTER (WHERE status <> 'skipped') AS deliveries, min(webhook_deliveries.created_at) AS first
            FROM webhook_deliveries
            WHERE webhook_deliveries.event_id = event.event_id AND NOT test AND redelivery_of IS NULL
              AND id BETWEEN (left(event.event_id::text, 14) || '0000-0000-000000000000')::uuid
                         AND (left(event.event_id::text, 14) || 'ffff-ffff-ffffffffffff')::uuid
        ) AS existing ON complete OR stored
        """;

    private const string PartSql = $$"""
        WITH message AS MATERIALIZED (
            SELECT *, string_to_array(listed, ',') AS names
            FROM unnest(@org_ids, @events, @listed, @timestamps, @data, @event_ids, @trace_parents, @deliver_at, @ordering_keys,
                        @made_until, @after) WITH ORDINALITY
                AS message (org_id, event, listed, "timestamp", data, event_id, trace_parent, deliver_at, ordering_key, made_until, after,
                            position)
        ), matched AS MATERIALIZED (
            SELECT message.*, webhook_ids, actives, as_cloud_events, are_pulled, deliveries
            FROM message CROSS JOIN LATERAL (
                SELECT coalesce(array_agg(id ORDER BY id), '{}') AS webhook_ids, coalesce(array_agg(active ORDER BY id), '{}') AS actives,
                       array_agg(payload_format = 'cloudevents' ORDER BY id) AS as_cloud_events,
                       array_agg(mode = 'pull' ORDER BY id) AS are_pulled,
                       (count(*) FILTER (WHERE active))::int AS deliveries
                FROM (
                    SELECT id, active, payload_format, mode FROM webhooks
                    WHERE webhooks.org_id = message.org_id AND (webhooks.active OR webhooks.keep_skipped) AND webhooks.deleted_at IS NULL
                      AND webhooks.events && message.names
                      AND webhook_filter_matches(webhooks.filter_path, message.event, message."timestamp", message.data)
                      AND webhooks.created_at <= message.made_until
                      AND webhooks.id > message.after
                    ORDER BY id LIMIT @limit
                ) AS next
            ) AS wanted
        ), inserted AS (
            INSERT INTO webhook_deliveries
                (id, webhook_id, org_id, event, event_id, payload, trace_parent, deliver_at, ordering_key, status, next_attempt_at,
                 lease_until)
            SELECT webhook_delivery_id(event_id, webhook_id) AS id, webhook_id, org_id, event, event_id,
                   webhook_payload(as_cloud_event, event, event_id, org_id, "timestamp", data, webhook_id), trace_parent,
                   deliver_at, ordering_key, CASE WHEN active THEN 'pending' ELSE 'skipped' END,
                   CASE WHEN active THEN greatest(now(), deliver_at) END,
                   CASE WHEN active AND is_pulled THEN 'infinity'::timestamptz END
            FROM matched, unnest(webhook_ids, actives, as_cloud_events, are_pulled)
                AS webhook (webhook_id, active, as_cloud_event, is_pulled)
            ORDER BY id
            ON CONFLICT (id) DO NOTHING
            RETURNING id, event_id, org_id, webhook_id, event, status, lease_until
        ), {{StatisticsChanges.Made}}
        SELECT position, NULL::uuid, NULL::uuid, cardinality(webhook_ids), webhook_ids[cardinality(webhook_ids)], deliveries FROM matched
        UNION ALL
        -- What waits to be pulled nobody has to begin.
        SELECT NULL, event_id, org_id, NULL, id, NULL FROM inserted WHERE status = 'pending' AND lease_until IS NULL
        """;

    private const string CompleteSql = """
        UPDATE event_keys SET deliveries = complete.deliveries
        FROM unnest(@org_ids, @keys, @event_ids, @deliveries) AS complete (org_id, key, event_id, deliveries)
        WHERE event_keys.org_id = complete.org_id AND event_keys.key = complete.key AND event_keys.event_id = complete.event_id
        """;

    /// <summary>A part that takes longer makes the next ones smaller; one that takes a quarter of that lets them be larger.</summary>
    private static readonly TimeSpan _longEnough = TimeSpan.FromSeconds(1);

    // In order of arrival: publishings of several organizations store their parts in turn.
    private readonly SemaphoreSlim _turn = new(1);
    private long _partCost = StatementCost.Most;

    public void Dispose() => _turn.Dispose();

    /// <summary>Stores all events.</summary>
    /// <param name="events">No event twice, neither by its key nor by its id.</param>
    /// <param name="expected">How many deliveries each is expected to make.</param>
    /// <param name="together">
    /// Whether the deliveries are committed together or, when it throws, none of them. Otherwise each part is committed by itself, and its
    /// deliveries may be attempted at once: for whoever repeats the publishing until it has succeeded.
    /// </param>
    /// <param name="cancellationToken">Ends the statement that runs.</param>
    /// <exception cref="RefusedEventException">The key of one belongs to another event, or its organization is erased.</exception>
    /// <returns>One for each event, in order.</returns>
    internal async Task<IReadOnlyList<PublishedEvent>> StoreAsync(
        IReadOnlyList<IdentifiedEvent> events, ExpectedDeliveries expected, bool together, CancellationToken cancellationToken)
    {
        var stored = await ConflictRetry.RunAsync(cancel => BeginAsync(events, cancel), cancellationToken);
        var incomplete = stored.Where(item => !item.IsComplete).ToList();
        if (together)
        {
            await StoreTogetherAsync(incomplete, expected, cancellationToken);
        }
        else
        {
            await StorePartsAsync(incomplete, expected, null, cancellationToken);
            await CompleteAsync(incomplete, null, cancellationToken);
        }

        return [.. stored.Select(item => item.Published)];
    }

    /// <summary>Stores the keys, and finds which events are complete.</summary>
    private async Task<List<PartlyStoredEvent>> BeginAsync(IReadOnlyList<IdentifiedEvent> events, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(BeginSql, connection);
        command.Parameters.AddContents(events);
        command.Parameters.AddKeys(events);
        command.Parameters.AddWithValue("stored", events.Select(item => item.Message.MayBeStored).ToArray());
        try
        {
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            var stored = new PartlyStoredEvent[events.Count];
            while (await reader.ReadAsync(cancellationToken))
            {
                var item = events[(int)reader.GetInt64(0) - 1];
                stored[(int)reader.GetInt64(0) - 1] = new PartlyStoredEvent(
                    item with { Identity = item.Identity with { EventId = reader.GetGuid(1) } },
                    firstPublished: reader.GetFieldValue<DateTimeOffset>(2),
                    knownDeliveries: reader.IsDBNull(3) ? null : reader.GetInt32(3));
            }

            await reader.NextResultAsync(cancellationToken);
            return [.. stored];
        }
        catch (PostgresException refused) when (RefusedEventException.IsSaidBy(refused))
        {
            throw new RefusedEventException(refused);
        }
    }

    /// <summary>Stores all parts in one transaction; from the first one on again, and in smaller ones, when one takes too long.</summary>
    private async Task StoreTogetherAsync(
        IReadOnlyList<PartlyStoredEvent> events, ExpectedDeliveries expected, CancellationToken cancellationToken)
    {
        for (var stored = false; !stored;)
        {
            try
            {
                await ConflictRetry.RunAsync(cancel => StoreInTransactionAsync(events, expected, cancel), cancellationToken);
                stored = true;
            }
            catch (StatementTimeoutException) when (UseSmallerParts())
            {
            }
        }

        await announcement.NotifyAsync();
    }

    private async Task<bool> StoreInTransactionAsync(
        IReadOnlyList<PartlyStoredEvent> events, ExpectedDeliveries expected, CancellationToken cancellationToken)
    {
        foreach (var item in events)
        {
            item.Restart();
        }

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await StorePartsAsync(events, expected, connection, cancellationToken);
        await CompleteAsync(events, connection, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <param name="events">What is to be stored.</param>
    /// <param name="expected">How many deliveries each is expected to make.</param>
    /// <param name="transaction">The connection whose transaction stores all parts; null when each is a transaction of its own.</param>
    /// <param name="cancellationToken">Ends the statement that runs.</param>
    private async Task StorePartsAsync(
        IReadOnlyList<PartlyStoredEvent> events,
        ExpectedDeliveries expected,
        NpgsqlConnection? transaction,
        CancellationToken cancellationToken)
    {
        while (EventPart.Next(events, expected, Volatile.Read(ref _partCost)) is { } part)
        {
            await _turn.WaitAsync(cancellationToken);
            try
            {
                await StorePartAsync(part, transaction, cancellationToken);
            }
            catch (StatementTimeoutException) when (transaction is null && UseSmallerParts())
            {
                // Nothing of it is stored: the next part begins where this one began.
                continue;
            }
            finally
            {
                _turn.Release();
            }

            if (part.Accept() > 0 && transaction is null)
            {
                await announcement.NotifyAsync();
            }
        }
    }

    private async Task StorePartAsync(EventPart part, NpgsqlConnection? transaction, CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        if (transaction is not null)
        {
            await InsertAsync(part, transaction, cancellationToken);
        }
        else
        {
            await ConflictRetry.RunAsync(cancel => InsertAloneAsync(part, cancel), cancellationToken);
        }

        var taken = clock.GetElapsedTime(started);
        if (taken > _longEnough)
        {
            UseSmallerParts();
        }
        else if (taken < _longEnough / 4)
        {
            Volatile.Write(ref _partCost, Math.Min(StatementCost.Most, 2 * Volatile.Read(ref _partCost)));
        }
    }

    private async Task<bool> InsertAloneAsync(EventPart part, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await InsertAsync(part, connection, cancellationToken);
        return true;
    }

    private static async Task InsertAsync(EventPart part, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(PartSql, connection);
        command.Parameters.AddContents([.. part.Events.Select(item => item.Event)]);
        command.Parameters.AddWithValue("made_until", part.Events.Select(item => item.FirstPublished.UtcDateTime).ToArray());
        command.Parameters.AddWithValue("after", part.Events.Select(item => item.LastWebhook).ToArray());
        command.Parameters.AddWithValue("limit", part.WebhooksOfEach);
        try
        {
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            await part.ReadAsync(reader, cancellationToken);
        }
        catch (NpgsqlException timeout) when (DatabaseFailure.IsTimeout(timeout))
        {
            throw new StatementTimeoutException(timeout);
        }
    }

    private async Task CompleteAsync(
        IReadOnlyList<PartlyStoredEvent> events, NpgsqlConnection? transaction, CancellationToken cancellationToken)
    {
        var keyed = events.Where(item => item.Event.Identity.Key is not null).ToArray();
        if (keyed.Length == 0)
        {
            return;
        }

        await using var command = transaction is null ? database.CreateCommand(CompleteSql) : new NpgsqlCommand(CompleteSql, transaction);
        command.Parameters.AddWithValue("org_ids", keyed.Select(item => item.Event.Message.OrgId).ToArray());
        command.Parameters.AddWithValue("keys", keyed.Select(item => item.Event.Identity.Key!).ToArray());
        command.Parameters.AddWithValue("event_ids", keyed.Select(item => item.Event.Identity.EventId).ToArray());
        command.Parameters.AddWithValue("deliveries", keyed.Select(item => item.Deliveries).ToArray());
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <returns>False when they are as small as has sense.</returns>
    private bool UseSmallerParts()
    {
        var cost = Volatile.Read(ref _partCost);
        if (cost <= StatementCost.Least)
        {
            return false;
        }

        Volatile.Write(ref _partCost, cost / 2);
        LogSmallerParts(cost / 2);
        return true;
    }

    [LoggerMessage(
        1,
        LogLevel.Debug,
        "webhook events of many deliveries are stored in parts of {Bytes} bytes from now on, because a statement took long")]
    private partial void LogSmallerParts(long bytes);
}
