using Microsoft.Extensions.Logging;
using Npgsql;
using Webhooks.Core.Audit;
using Webhooks.Core.Postgres;
using Webhooks.Core.Statistics;

namespace Webhooks.Core.Organizations;

/// <summary>
/// The erasure of all that there is of an organization. How far it is stands in the organization's row: whoever does the chore goes on
/// with it, also after a process has ended in the middle. Several may at once.
/// </summary>
/// <remarks>
/// The beginning deletes the webhooks as a tenant would, so that nothing is sent any more, and from its commit on nothing is accepted. What
/// statements that began before that still bring is waited for and erased as well.
/// </remarks>
public sealed partial class OrganizationErasures(
    NpgsqlDataSource database, StatisticsFolding statistics, TimeProvider clock, ILogger<OrganizationErasures> logger)
{
    /// <summary>Rows that a statement deletes: they are locked for tens of milliseconds.</summary>
    internal const int MostPerStatement = 1000;

    /// <summary>The wait for transactions that began before the erasure.</summary>
    private static readonly TimeSpan _pollInterval = TimeSpan.FromMilliseconds(200);

    /// <summary>Begins to erase an organization, unless that has begun. When it returns, nothing more is accepted for it.</summary>
    public async Task BeginAsync(Guid orgId, CancellationToken cancellationToken)
    {
        var by = Actor.Current is { } actor ? $"{Actor.Text(actor.Kind)} {actor.Id}".TrimEnd() : Actor.Text(ActorKind.System);
        if (await ConflictRetry.RunAsync(cancel => BeginAsync(orgId, by, cancel), cancellationToken))
        {
            LogBegun(orgId, by);
        }

        // Whoever began a transaction before this does not know of the erasure; see IsQuietAsync.
        await using var command = database.CreateCommand(
            "UPDATE organizations SET erasing_from = clock_timestamp() WHERE id = @org_id AND erasing_from IS NULL");
        command.Parameters.AddWithValue("org_id", orgId);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Goes on with the erasures that are not finished.</summary>
    /// <param name="patience">For how long with each, at least until the statement that runs then has ended.</param>
    public async Task RunAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        foreach (var orgId in await FindUnfinishedAsync(cancellationToken))
        {
            await BeginAsync(orgId, cancellationToken);
            await ContinueAsync(orgId, patience, cancellationToken);
        }
    }

    /// <summary>Goes on with the erasure of an organization, with as much rest between statements as they take.</summary>
    /// <param name="patience">For how long, at least until the statement that runs then has ended.</param>
    /// <returns>Whether nothing is left.</returns>
    public async Task<bool> ContinueAsync(Guid orgId, TimeSpan patience, CancellationToken cancellationToken)
    {
        var began = clock.GetTimestamp();
        while (true)
        {
            // What a pass does not find that began when it was quiet, nobody can have left.
            var quiet = await IsQuietAsync(orgId, cancellationToken);
            if (await EraseAllAsync(orgId, () => clock.GetElapsedTime(began) < patience, cancellationToken) && quiet)
            {
                await FinishAsync(orgId, cancellationToken);
                return true;
            }

            if (clock.GetElapsedTime(began) >= patience)
            {
                return false;
            }

            await Task.Delay(_pollInterval, clock, cancellationToken);
        }
    }

    /// <returns>Whether it has begun by this call.</returns>
    private async Task<bool> BeginAsync(Guid orgId, string by, CancellationToken cancellationToken)
    {
        const string Ensure = "INSERT INTO organizations (id) VALUES (@org_id) ON CONFLICT (id) DO NOTHING";
        // Webhooks are made by who has locked this row.
        const string Mark = """
            UPDATE organizations
            SET erasing_since = now(), erased_by = @by, name = NULL, max_webhooks = NULL, frame_ancestors = '{}', refresh_url = NULL
            WHERE id = @org_id AND erasing_since IS NULL
            RETURNING id
            """;
        const string Delete = """
            UPDATE webhooks SET active = false, secret = NULL, deleted_at = now(), updated_at = now()
            WHERE id = ANY (ARRAY (SELECT id FROM webhooks WHERE org_id = @org_id AND deleted_at IS NULL ORDER BY id FOR NO KEY UPDATE))
            """;
        // Their pages make deliveries; the next one finds it canceled.
        const string Cancel = """
            UPDATE webhook_recoveries SET state = 'canceled', reason = 'webhook_deleted', finished_at = now()
            WHERE webhook_id = ANY (ARRAY (SELECT id FROM webhooks WHERE org_id = @org_id)) AND state IN ('running', 'paused')
            """;
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new(Ensure) { Parameters = { new("org_id", orgId) } });
        batch.BatchCommands.Add(new(Mark) { Parameters = { new("org_id", orgId), new("by", by) } });
        batch.BatchCommands.Add(new(Delete) { Parameters = { new("org_id", orgId) } });
        batch.BatchCommands.Add(new(Cancel) { Parameters = { new("org_id", orgId) } });
        await using var reader = await batch.ExecuteAuditedAsync(cancellationToken);
        var begun = await reader.ReadAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        return begun;
    }

    private async Task<IReadOnlyList<Guid>> FindUnfinishedAsync(CancellationToken cancellationToken)
    {
        const string Sql = "SELECT id FROM organizations WHERE erasing_since IS NOT NULL AND erased_at IS NULL ORDER BY erasing_since";
        await using var command = database.CreateCommand(Sql);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadRowsAsync(row => row.GetGuid(0), cancellationToken);
    }

    /// <summary>
    /// Whether everybody who may still store something for the organization has ended: each transaction that began before its erasure was
    /// to be seen. That of a backup is waited for, too.
    /// </summary>
    private async Task<bool> IsQuietAsync(Guid orgId, CancellationToken cancellationToken)
    {
        const string Sql = """
            SELECT NOT EXISTS (
                SELECT FROM pg_stat_activity
                WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
                  AND xact_start <= (SELECT erasing_from FROM organizations WHERE id = @org_id))
            """;
        await using var command = database.CreateCommand(Sql);
        command.Parameters.AddWithValue("org_id", orgId);
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    /// <summary>
    /// Has what was changed of the organization's deliveries counted, since the changes of all organizations are in rows together, and
    /// then the counts can be erased.
    /// </summary>
    /// <returns>False while somebody else is about to count some of it: to be seen until that is committed.</returns>
    private async Task<bool> AreChangesCountedAsync(Guid orgId, CancellationToken cancellationToken)
    {
        const string Sql = "SELECT NOT EXISTS (SELECT FROM webhook_statistics_changes WHERE @org_id = ANY (org_ids))";
        await statistics.RunAsync(cancellationToken);
        await using var command = database.CreateCommand(Sql);
        command.Parameters.AddWithValue("org_id", orgId);
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    /// <returns>Whether all was erased that is there; false when there was no time for it, or something came in between.</returns>
    private async Task<bool> EraseAllAsync(Guid orgId, Func<bool> hasTime, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var webhook in await FindWebhooksAsync(orgId, cancellationToken))
            {
                Guid? last = Guid.Empty;
                if (!await RepeatAsync(
                    async cancel =>
                    {
                        (var erased, last) = await EraseDeliveriesAsync(orgId, webhook, last.Value, cancel);
                        return (erased, last is not null);
                    },
                    hasTime,
                    cancellationToken))
                {
                    return false;
                }
            }

            if (!await AreChangesCountedAsync(orgId, cancellationToken))
            {
                return false;
            }

            foreach (var table in ErasedTable.All)
            {
                if (!await RepeatAsync(cancel => EraseRowsAsync(orgId, table, cancel), hasTime, cancellationToken))
                {
                    return false;
                }
            }

            return await RepeatAsync(cancel => EraseAuditAsync(orgId, cancel), hasTime, cancellationToken);
        }
        catch (PostgresException busy) when (busy.SqlState == PostgresErrorCodes.ForeignKeyViolation)
        {
            // A delivery was stored by a statement that began before; the next pass finds it.
            return false;
        }
    }

    /// <summary>Runs a statement until there is nothing more for it, and rests after each for as long as it took.</summary>
    /// <param name="erase">Says how many rows it has erased, and whether there may be more.</param>
    /// <returns>False when there was no time for all.</returns>
    private async Task<bool> RepeatAsync(
        Func<CancellationToken, Task<(int Erased, bool More)>> erase, Func<bool> hasTime, CancellationToken cancellationToken)
    {
        while (true)
        {
            var began = clock.GetTimestamp();
            var (erased, more) = await ConflictRetry.RunAsync(erase, cancellationToken);
            if (!more)
            {
                return true;
            }

            if (!hasTime())
            {
                return false;
            }

            if (erased > 0)
            {
                await Task.Delay(clock.GetElapsedTime(began), clock, cancellationToken);
            }
        }
    }

    private async Task<IReadOnlyList<Guid>> FindWebhooksAsync(Guid orgId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("SELECT id FROM webhooks WHERE org_id = @org_id ORDER BY id");
        command.Parameters.AddWithValue("org_id", orgId);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadRowsAsync(row => row.GetGuid(0), cancellationToken);
    }

    /// <summary>
    /// Erases the next deliveries of a webhook after an id, so that no statement passes over what others have deleted. Their rows are
    /// locked in the order of their ids, as recording locks them; whoever has claimed one finds it gone.
    /// </summary>
    /// <returns>How many, and the last id; null when there are no more.</returns>
    private async Task<(int Erased, Guid? Last)> EraseDeliveriesAsync(
        Guid orgId, Guid webhookId, Guid after, CancellationToken cancellationToken)
    {
        const string Sql = $"""
            WITH seen AS MATERIALIZED (
                SELECT id FROM webhook_deliveries
                WHERE (webhook_id, id) > (@webhook_id, @after) AND webhook_id = @webhook_id AND id > @after
                ORDER BY webhook_id, id
                LIMIT @most
            ), locked AS MATERIALIZED (
                SELECT id FROM webhook_deliveries WHERE id = ANY (ARRAY (SELECT id FROM seen)) ORDER BY id FOR UPDATE
            ), erased AS (
                DELETE FROM webhook_deliveries WHERE id = ANY (ARRAY (SELECT id FROM locked)) RETURNING id
            ), forgotten AS (
                DELETE FROM unerased_payloads WHERE delivery_id = ANY (ARRAY (SELECT id FROM locked))
            ), counted AS (
                SELECT count(*)::int AS rows FROM erased
            ), told AS ({Tell})
            SELECT rows, CASE WHEN (SELECT count(*) FROM seen) = @most THEN (SELECT id FROM seen ORDER BY id DESC LIMIT 1) END FROM counted
            """;
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(IndexOrder.Prefer());
        batch.BatchCommands.Add(new(Sql)
        {
            Parameters =
            {
                new("org_id", orgId),
                new("webhook_id", webhookId),
                new("after", after),
                new("most", (long)MostPerStatement),
                new("table", "webhook_deliveries"),
            },
        });
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetInt32(0), reader.IsDBNull(1) ? null : reader.GetGuid(1));
    }

    private Task<(int Erased, bool More)> EraseRowsAsync(Guid orgId, ErasedTable table, CancellationToken cancellationToken)
    {
        var sql = $"""
            WITH erased AS (
                DELETE FROM {table.Name} WHERE ctid = ANY (ARRAY (SELECT ctid FROM {table.Name} WHERE {table.Belongs} LIMIT @most))
                RETURNING 1
            ), counted AS (
                SELECT count(*)::int AS rows FROM erased
            ), told AS ({Tell})
            SELECT rows FROM counted
            """;
        return EraseAsync(sql, orgId, table.Name, cancellationToken);
    }

    private Task<(int Erased, bool More)> EraseAuditAsync(Guid orgId, CancellationToken cancellationToken)
    {
        const string Sql = $"""
            WITH counted AS MATERIALIZED (
                SELECT webhook_erase_audit(@org_id, @most::int) AS rows
            ), told AS ({Tell})
            SELECT rows FROM counted
            """;
        return EraseAsync(Sql, orgId, "audit_entries", cancellationToken);
    }

    private async Task<(int Erased, bool More)> EraseAsync(string sql, Guid orgId, string table, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.AddWithValue("org_id", orgId);
        command.Parameters.AddWithValue("most", (long)MostPerStatement);
        command.Parameters.AddWithValue("table", table);
        var erased = (int)(await command.ExecuteScalarAsync(cancellationToken))!;
        return (erased, erased == MostPerStatement);
    }

    /// <summary>Adds what a statement has erased (its CTE <c>counted</c>) to the report, in the statement's own transaction.</summary>
    private const string Tell = """
        UPDATE organizations
        SET erased_rows = jsonb_set(erased_rows, ARRAY[@table], to_jsonb(coalesce((erased_rows ->> @table)::bigint, 0) + counted.rows))
        FROM counted WHERE organizations.id = @org_id AND counted.rows > 0
        """;

    private async Task FinishAsync(Guid orgId, CancellationToken cancellationToken)
    {
        const string Sql = """
            UPDATE organizations SET erased_at = now() WHERE id = @org_id AND erased_at IS NULL RETURNING erased_rows
            """;
        await using var command = database.CreateCommand(Sql);
        command.Parameters.AddWithValue("org_id", orgId);
        if (await command.ExecuteScalarAsync(cancellationToken) is string rows)
        {
            LogFinished(orgId, rows);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "webhook organization {OrgId} is being erased, as {Actor} has asked")]
    private partial void LogBegun(Guid orgId, string actor);

    [LoggerMessage(2, LogLevel.Warning, "webhook organization {OrgId} is erased: {Rows}")]
    private partial void LogFinished(Guid orgId, string rows);
}
