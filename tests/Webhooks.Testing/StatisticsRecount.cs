using Npgsql;

namespace Webhooks.Testing;

/// <summary>A fresh count of deliveries and their attempts, compared with what was counted as they came.</summary>
public static class StatisticsRecount
{
    /// <summary>
    /// The rows of counts that are not what a count over the deliveries gives, in every interval, and by webhook and in all. What has not
    /// been added up is missing in them.
    /// </summary>
    public static async Task<IReadOnlyList<string>> DifferencesAsync(NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        const string Sql = """
            WITH counted_delivery AS (
                SELECT org_id, webhook_id, created_at AS at, event,
                       CASE WHEN status = 'pending' THEN ''
                            ELSE coalesce(error, CASE WHEN response_status NOT BETWEEN 200 AND 299 THEN response_status::text END, '')
                            END AS error,
                       1 AS deliveries, (status = 'succeeded')::int AS succeeded, (status = 'failed')::int AS failed,
                       (status = 'canceled')::int AS canceled, (status = 'skipped')::int AS skipped,
                       (status = 'succeeded' AND attempt_number = 1)::int AS first_attempt,
                       CASE WHEN status IN ('succeeded', 'failed') THEN attempt_number ELSE 0 END AS ended_attempts,
                       0 AS attempts, 0 AS failed_attempts, NULL::int AS bucket
                FROM webhook_deliveries
            ), counted_attempt AS (
                SELECT org_id, webhook_id, (attempt ->> 'started_at')::timestamptz AS at, event,
                       coalesce(attempt ->> 'error', CASE
                           WHEN (attempt ->> 'response_status')::int NOT BETWEEN 200 AND 299 THEN attempt ->> 'response_status' END, ''),
                       0, 0, 0, 0, 0, 0, 0,
                       1,
                       (attempt ->> 'error' IS NOT NULL OR (attempt ->> 'response_status')::int NOT BETWEEN 200 AND 299)::int,
                       ceil(8 * log(2, greatest(1, (attempt ->> 'duration_ms')::numeric)))::int
                FROM webhook_deliveries, jsonb_array_elements(attempts) AS attempt
            ), counted AS (
                SELECT span.minutes::int, org_id, scope.webhook_id, date_trunc(span.unit, at, 'UTC') AS at, event, error,
                       deliveries, succeeded, failed, canceled, skipped, first_attempt, ended_attempts, attempts, failed_attempts, bucket
                FROM (SELECT * FROM counted_delivery UNION ALL SELECT * FROM counted_attempt) AS one
                CROSS JOIN (VALUES (1, 'minute'), (60, 'hour'), (1440, 'day')) AS span (minutes, unit)
                CROSS JOIN LATERAL (VALUES (one.webhook_id), ('00000000-0000-0000-0000-000000000000')) AS scope (webhook_id)
            ), expected AS (
                SELECT minutes, org_id, webhook_id, at, event, error,
                       ARRAY[sum(deliveries), sum(succeeded), sum(failed), sum(canceled), sum(skipped), sum(first_attempt),
                             sum(ended_attempts), sum(attempts), sum(failed_attempts)]::bigint[] AS counts,
                       (SELECT coalesce(jsonb_object_agg(bucket, count), '{}') FROM (
                            SELECT bucket, count(*) AS count FROM unnest(array_agg(bucket)) AS bucket
                            WHERE bucket IS NOT NULL GROUP BY bucket) AS per_bucket) AS durations
                FROM counted GROUP BY minutes, org_id, webhook_id, at, event, error
            ), actual AS (
                SELECT minutes::int, org_id, webhook_id, at, event, error,
                       ARRAY[deliveries, succeeded, failed, canceled, skipped, first_attempt, ended_attempts, attempts, failed_attempts]
                           AS counts,
                       (SELECT coalesce(jsonb_object_agg(place - 1, count), '{}')
                        FROM unnest(durations) WITH ORDINALITY AS bucket (count, place) WHERE count <> 0) AS durations
                FROM webhook_statistics
            )
            SELECT format('%s min, webhook %s, at %s, %s %s: %s %s instead of %s %s',
                          minutes, webhook_id, at, event, error, actual.counts, actual.durations, expected.counts, expected.durations)
            FROM expected FULL JOIN actual USING (minutes, org_id, webhook_id, at, event, error)
            WHERE coalesce(actual.counts, array_fill(0::bigint, ARRAY[9])) <> coalesce(expected.counts, array_fill(0::bigint, ARRAY[9]))
               OR coalesce(actual.durations, '{}') <> coalesce(expected.durations, '{}')
            """;
        await using var command = database.CreateCommand(Sql);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var differences = new List<string>();
        while (await reader.ReadAsync(cancellationToken))
        {
            differences.Add(reader.GetString(0));
        }

        return differences;
    }
}
