using Microsoft.Extensions.Logging;
using Npgsql;
using Webhooks.Core.Postgres;

namespace Webhooks.Core.Redaction;

/// <summary>
/// Payloads and answers that are older than <see cref="WebhooksOptions.PayloadRetention"/>, which are erased while their deliveries' rows
/// stay. Deliveries are gone through once, in the order of their ids, in short statements; what cannot be erased then, because it is
/// pending, or came late with an earlier id, is kept in a list of its own and looked at each time. Processes that do it at once erase
/// nothing twice.
/// </summary>
public sealed partial class ExpiredPayloads(
    NpgsqlDataSource database, WebhooksOptions options, TimeProvider clock, ILogger<ExpiredPayloads> logger)
{
    /// <summary>Deliveries in one statement: their rows are locked for tens of milliseconds.</summary>
    internal const int MostPerStatement = 1000;

    /// <summary>How long one run goes on: a function may run for five minutes. The next goes on from there.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(4);

    /// <summary>Erases what is due. Nothing when payloads are kept as long as their deliveries.</summary>
    public async Task EraseAsync(CancellationToken cancellationToken)
    {
        if (options.PayloadRetention is not { } retention)
        {
            return;
        }

        var began = clock.GetTimestamp();
        await ListLateAsync(retention, cancellationToken);
        var erased = await RunAsync(
            await FindPositionAsync(cancellationToken),
            (after, cancel) => EraseNextAsync(after, retention, cancel),
            began,
            cancellationToken);
        erased += await RunAsync(Guid.Empty, EraseListedAsync, began, cancellationToken);
        if (erased > 0)
        {
            LogErased(erased, retention);
        }
    }

    /// <summary>Makes steps, each from the delivery that the one before ended with, until there are no more or the time is over.</summary>
    private async Task<int> RunAsync(
        Guid first,
        Func<Guid, CancellationToken, Task<(int Erased, Guid? Last)>> stepAsync,
        long began,
        CancellationToken cancellationToken)
    {
        var erased = 0;
        Guid? last = first;
        while (last is { } after && clock.GetElapsedTime(began) < _patience)
        {
            var step = await ConflictRetry.RunAsync(cancel => stepAsync(after, cancel), cancellationToken);
            erased += step.Erased;
            last = step.Last;
        }

        return erased;
    }

    private async Task<Guid> FindPositionAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("SELECT id FROM payload_erasure");
        return await command.ExecuteScalarAsync(cancellationToken) is Guid position ? position : Guid.Empty;
    }

    /// <summary>Lists what came late and whose time is over: by its id it may be behind what has been gone through.</summary>
    private async Task ListLateAsync(TimeSpan retention, CancellationToken cancellationToken)
    {
        const string Sql = """
            WITH before AS (
                SELECT late FROM payload_erasure FOR UPDATE
            ), listed AS (
                INSERT INTO unerased_payloads (delivery_id)
                SELECT delivery_id FROM late_deliveries
                WHERE created_at >= (SELECT late FROM before) AND created_at < now() - @retention
                ON CONFLICT DO NOTHING
            )
            UPDATE payload_erasure SET late = greatest(before.late, now() - @retention) FROM before
            """;
        await using var command = database.CreateCommand(Sql);
        command.Parameters.AddWithValue("retention", retention);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <returns>How many were erased, and the last delivery that was looked at; null when there are no more.</returns>
    private async Task<(int Erased, Guid? Last)> EraseNextAsync(Guid after, TimeSpan retention, CancellationToken cancellationToken)
    {
        // Who came late is in the list when its own time is over. All rows are locked in the order of their ids, as recording locks them.
        const string Sql = $"""
            WITH seen AS MATERIALIZED (
                SELECT id, status, created_at, redacted_at FROM webhook_deliveries
                WHERE id > @after AND id < webhook_least_id(now() - @retention)
                ORDER BY id
                LIMIT @limit
            ), locked AS (
                SELECT id FROM webhook_deliveries
                WHERE id = ANY (ARRAY (
                    SELECT id FROM seen WHERE status <> 'pending' AND redacted_at IS NULL AND created_at < now() - @retention))
                ORDER BY id
                FOR UPDATE
            ), erased AS (
                UPDATE webhook_deliveries SET {RedactionColumns.Erase}
                WHERE id = ANY (ARRAY (SELECT id FROM locked))
                RETURNING id
            ), listed AS (
                INSERT INTO unerased_payloads (delivery_id) SELECT id FROM seen WHERE status = 'pending'
                ON CONFLICT DO NOTHING
            ), advanced AS (
                UPDATE payload_erasure SET id = greatest(payload_erasure.id, last.id)
                FROM (SELECT id FROM seen ORDER BY id DESC LIMIT 1) AS last
            )
            SELECT (SELECT count(*)::int FROM erased), CASE WHEN count(*) = @limit THEN (SELECT id FROM seen ORDER BY id DESC LIMIT 1) END
            FROM seen
            """;
        return await ReadStepAsync(Sql, after, [new("retention", retention)], cancellationToken);
    }

    /// <returns>How many were erased, and the last of the list that was looked at; null when there are no more.</returns>
    private async Task<(int Erased, Guid? Last)> EraseListedAsync(Guid after, CancellationToken cancellationToken)
    {
        // What is gone was dropped with its week.
        const string Sql = $"""
            WITH seen AS MATERIALIZED (
                SELECT delivery_id AS id FROM unerased_payloads WHERE delivery_id > @after ORDER BY delivery_id LIMIT @limit
            ), locked AS MATERIALIZED (
                SELECT id, status, redacted_at FROM webhook_deliveries WHERE id = ANY (ARRAY (SELECT id FROM seen)) ORDER BY id FOR UPDATE
            ), erased AS (
                UPDATE webhook_deliveries SET {RedactionColumns.Erase}
                WHERE id = ANY (ARRAY (SELECT id FROM locked WHERE status <> 'pending' AND redacted_at IS NULL))
                RETURNING id
            ), done AS (
                DELETE FROM unerased_payloads
                WHERE delivery_id = ANY (ARRAY (
                    SELECT seen.id FROM seen LEFT JOIN locked ON locked.id = seen.id WHERE locked.status IS DISTINCT FROM 'pending'))
            )
            SELECT (SELECT count(*)::int FROM erased), CASE WHEN count(*) = @limit THEN (SELECT id FROM seen ORDER BY id DESC LIMIT 1) END
            FROM seen
            """;
        return await ReadStepAsync(Sql, after, [], cancellationToken);
    }

    private async Task<(int Erased, Guid? Last)> ReadStepAsync(
        string sql, Guid after, IEnumerable<NpgsqlParameter> parameters, CancellationToken cancellationToken)
    {
        var step = new NpgsqlBatchCommand(sql) { Parameters = { new("after", after), new("limit", (long)MostPerStatement) } };
        foreach (var parameter in parameters)
        {
            step.Parameters.Add(parameter);
        }

        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(IndexOrder.Prefer());
        batch.BatchCommands.Add(step);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetInt32(0), reader.IsDBNull(1) ? null : reader.GetGuid(1));
    }

    [LoggerMessage(1, LogLevel.Information,
        "webhook payloads: those of {Erased} deliveries erased, because they are older than {Retention}; the deliveries stay")]
    private partial void LogErased(int erased, TimeSpan retention);
}
