using System.Diagnostics;
using Npgsql;
using NpgsqlTypes;
using Webhooks.Core.Deliveries;
using Webhooks.Core.Postgres;
using Webhooks.Core.Statistics;

namespace Webhooks.Core.Recoveries;

/// <summary>
/// What a recovery redelivers: the deliveries of its scope in the order of their ids, a bounded number of index entries in each statement,
/// so that none is long, however many there are and however few of them are in the scope.
/// </summary>
public sealed class RecoverableDeliveries(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>Deliveries that one statement looks at to count them.</summary>
    private const int CountedPerStatement = 20_000;

    /// <summary>Deliveries that one statement looks at to redeliver some of them.</summary>
    private const int SeenPerPage = 2_000;

    private const string Skipped = "skipped";

    private const string SeenColumns = "id, event, status, response_status, created_at, test, redelivery_of, redelivered_as, redacted_at";

    private const string SeenInAnyState = $"""
        SELECT {SeenColumns} FROM webhook_deliveries
        WHERE (webhook_id, id) > (@webhook_id, @after) AND (webhook_id, id) < (@webhook_id, @before) AND id > @after AND id < @before
        ORDER BY webhook_id, id
        LIMIT @seen
        """;

    /// <summary>How long counting goes on.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);

    /// <summary>
    /// A CTE <c>matched</c>: those of <c>seen</c> that are in the scope. What has been redelivered is in it only if that has ended without
    /// success, and what has been erased cannot be sent again.
    /// </summary>
    private const string Matched = """
        matched AS MATERIALIZED (
            SELECT seen.id, seen.event, seen.created_at
            FROM seen LEFT JOIN LATERAL (
                SELECT status FROM webhook_deliveries WHERE id = seen.redelivered_as
            ) AS again ON seen.redelivered_as IS NOT NULL
            WHERE seen.created_at >= @from AND seen.created_at < @to AND NOT seen.test AND seen.redelivery_of IS NULL
              AND seen.redacted_at IS NULL
              AND seen.status = ANY (@statuses)
              AND (@events IS NULL OR seen.event = ANY (@events))
              AND (@response_status IS NULL OR seen.response_status = @response_status)
              AND (again.status IS NULL OR again.status NOT IN ('pending', 'succeeded'))
            ORDER BY seen.id
            LIMIT @page
        )
        """;

    /// <summary>Counts what a recovery would redeliver; null when the organization has no such webhook.</summary>
    public async Task<RecoveryPreview?> PreviewAsync(
        Guid orgId, Guid webhookId, RecoveryScope scope, CancellationToken cancellationToken)
    {
        if (!await ExistsAsync(orgId, webhookId, cancellationToken))
        {
            return null;
        }

        var began = clock.GetTimestamp();
        var byEvent = new SortedDictionary<string, int>(StringComparer.Ordinal);
        DateTimeOffset? oldest = null, newest = null;
        Guid? last = FirstPosition(scope);
        while (last is { } after && clock.GetElapsedTime(began) < _patience)
        {
            last = await CountAsync(after);
        }

        return new RecoveryPreview(byEvent.Values.Sum(), oldest, newest, byEvent, Complete: last is null);

        async Task<Guid?> CountAsync(Guid after)
        {
            var sql = $"""
                WITH {Seen(scope.Statuses)}, {Matched}
                SELECT event, count(*)::int, min(created_at), max(created_at), NULL::uuid FROM matched GROUP BY event
                UNION ALL
                SELECT NULL, NULL, NULL, NULL, id FROM (SELECT id FROM seen ORDER BY id OFFSET @seen - 1 LIMIT 1) AS last
                """;
            await using var batch = BatchFor(sql, webhookId, scope, after, CountedPerStatement, CountedPerStatement);
            await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
            await reader.NextResultAsync(cancellationToken);
            Guid? next = null;
            while (await reader.ReadAsync(cancellationToken))
            {
                if (reader.IsDBNull(0))
                {
                    next = reader.GetGuid(4);
                    continue;
                }

                var name = reader.GetString(0);
                byEvent[name] = byEvent.GetValueOrDefault(name) + reader.GetInt32(1);
                var (first, latest) = (reader.GetFieldValue<DateTimeOffset>(2), reader.GetFieldValue<DateTimeOffset>(3));
                oldest = oldest < first ? oldest : first;
                newest = newest > latest ? newest : latest;
            }

            return next;
        }
    }

    /// <summary>The position of a recovery that has not looked at any delivery yet.</summary>
    internal static Guid FirstPosition(RecoveryScope scope) => DeliveryIdRange.OldestOf(scope.From);

    /// <summary>
    /// Redelivers the next page of a running recovery and moves it on, in one statement: either both are so or neither. If the recovery is
    /// not at that position any more, or its webhook is not active, or somebody else makes the page, nothing is done.
    /// </summary>
    /// <param name="position">The last delivery that was looked at.</param>
    /// <param name="page">The most redeliveries to make.</param>
    /// <param name="rate">Redeliveries a second, which says when the next page is due.</param>
    /// <returns>The redeliveries, which are due; null when nothing was done.</returns>
    internal async Task<IReadOnlyList<Guid>?> RedeliverPageAsync(
        Recovery recovery, Guid position, int page, double rate, CancellationToken cancellationToken)
    {
        Debug.Assert(page <= SeenPerPage, "A page that is full has been looked at only up to its last delivery.");
        var sql = $"""
            WITH recovery AS MATERIALIZED (
                SELECT current.id, webhooks.mode = 'pull' AS is_pulled
                FROM webhook_recoveries AS current JOIN webhooks ON webhooks.id = current.webhook_id
                WHERE current.id = @id AND current.state = 'running' AND current.exhausted_at IS NULL AND current.position = @after
                  AND webhooks.active AND webhooks.deleted_at IS NULL
                FOR UPDATE OF current SKIP LOCKED
            ), {Seen(recovery.Scope.Statuses)}, {Matched}, originals AS MATERIALIZED (
                SELECT id FROM matched WHERE EXISTS (SELECT FROM recovery)
            ), next AS MATERIALIZED (
                SELECT CASE WHEN (SELECT count(*) FROM matched) = @page THEN (SELECT id FROM matched ORDER BY id DESC LIMIT 1)
                            ELSE coalesce((SELECT id FROM seen ORDER BY id DESC LIMIT 1), @after) END AS position,
                       (SELECT count(*) FROM matched) < @page AND (SELECT count(*) FROM seen) < @seen AS exhausted
            ), inserted AS (
                INSERT INTO webhook_deliveries
                    (id, webhook_id, org_id, event, event_id, payload, redelivery_of, trace_parent, ordering_key, next_attempt_at,
                     next_trigger, lease_until)
                SELECT webhook_redelivery_id(now(), @id, original.id), webhook_id, org_id, event, event_id, payload, original.id,
                       trace_parent, ordering_key, now(), 'recovery',
                       CASE WHEN (SELECT is_pulled FROM recovery) THEN 'infinity'::timestamptz END
                FROM webhook_deliveries AS original
                WHERE original.id = ANY (ARRAY (SELECT id FROM originals))
                ORDER BY 1
                RETURNING id, org_id, webhook_id, event, status
            ), {StatisticsChanges.Made}, marked AS (
                UPDATE webhook_deliveries SET redelivered_as = webhook_redelivery_id(now(), @id, id)
                WHERE id = ANY (ARRAY (SELECT id FROM originals ORDER BY id))
            ), noted AS (
                INSERT INTO recovery_deliveries (recovery_id, delivery_id) SELECT @id, id FROM inserted
            ), advanced AS (
                UPDATE webhook_recoveries SET
                    position = next.position,
                    exhausted_at = CASE WHEN next.exhausted THEN now() END,
                    redelivered = redelivered + (SELECT count(*) FROM inserted),
                    next_step_at = greatest(next_step_at, now() - interval '1 second')
                        + (SELECT count(*) FROM inserted) / @rate * interval '1 second'
                FROM next
                WHERE webhook_recoveries.id IN (SELECT id FROM recovery)
            )
            SELECT id FROM inserted
            UNION ALL
            SELECT NULL WHERE NOT EXISTS (SELECT FROM recovery)
            """;
        await using var batch = BatchFor(sql, recovery.WebhookId, recovery.Scope, position, SeenPerPage, page);
        batch.BatchCommands[^1].Parameters.AddWithValue("id", recovery.Id);
        batch.BatchCommands[^1].Parameters.AddWithValue("rate", rate);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        var made = new List<Guid>(page);
        while (await reader.ReadAsync(cancellationToken))
        {
            if (reader.IsDBNull(0))
            {
                return null;
            }

            made.Add(reader.GetGuid(0));
        }

        return made;
    }

    /// <summary>
    /// A CTE <c>seen</c>: the next deliveries of the webhook after an id, in the order of ids. Failed and canceled ones have an index that
    /// holds nothing else; for skipped ones, all others between them are seen, too.
    /// </summary>
    private static string Seen(IReadOnlyList<string> statuses) => $"""
        seen AS MATERIALIZED (
            SELECT * FROM ({(statuses.Contains(Skipped) ? SeenInAnyState : SeenIn(statuses))}) AS delivery
            ORDER BY id
            LIMIT @seen
        )
        """;

    /// <summary>Each state by itself, as a constant of the statement, so that the planner knows that the index has all.</summary>
    private static string SeenIn(IReadOnlyList<string> statuses) => string.Join(
        " UNION ALL ",
        RecoveryScope.Recoverable.Intersect(statuses).Select(status => $"""
            (
                SELECT {SeenColumns} FROM webhook_deliveries
                WHERE (webhook_id, status, id) > (@webhook_id, '{status}', @after)
                  AND (webhook_id, status, id) < (@webhook_id, '{status}', @before)
                  AND id > @after AND id < @before AND status = '{status}'
                ORDER BY webhook_id, status, id
                LIMIT @seen
            )
            """));

    private NpgsqlBatch BatchFor(string sql, Guid webhookId, RecoveryScope scope, Guid after, int seen, int page)
    {
        var batch = database.CreateBatch();
        batch.BatchCommands.Add(IndexOrder.Prefer());
        batch.BatchCommands.Add(new(sql)
        {
            Parameters =
            {
                new("webhook_id", webhookId),
                new("after", after),
                new("before", DeliveryIdRange.FirstAfter(scope.To)),
                new("from", scope.From),
                new("to", scope.To),
                new("statuses", scope.Statuses.ToArray()),
                NullableParameter.Create("events", NpgsqlDbType.Array | NpgsqlDbType.Text, scope.Events?.ToArray()),
                NullableParameter.Create("response_status", NpgsqlDbType.Integer, scope.ResponseStatus),
                new("seen", (long)seen),
                new("page", (long)page),
            },
        });
        return batch;
    }

    private async Task<bool> ExistsAsync(Guid orgId, Guid webhookId, CancellationToken cancellationToken)
    {
        const string Sql = "SELECT EXISTS (SELECT FROM webhooks WHERE id = @id AND org_id = @org_id AND deleted_at IS NULL)";
        await using var command = database.CreateCommand(Sql);
        command.Parameters.AddWithValue("id", webhookId);
        command.Parameters.AddWithValue("org_id", orgId);
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }
}
