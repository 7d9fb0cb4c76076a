using Npgsql;
using NpgsqlTypes;
using Webhooks.Core.Audit;
using Webhooks.Core.Idempotency;
using Webhooks.Core.Postgres;

namespace Webhooks.Core.Recoveries;

/// <summary>The recoveries of webhooks, as those who ask for them see them. Every statement is bound to the organization.</summary>
public sealed class RecoveryStore(NpgsqlDataSource database, RecoverableDeliveries deliveries, KeyedRequests requests)
{
    private const string WebhookExists = "EXISTS (SELECT FROM webhooks WHERE id = @webhook_id AND org_id = @org_id AND deleted_at IS NULL)";

    /// <summary>Begins a recovery, once for a key, after what it will redeliver has been counted.</summary>
    /// <returns>Null when the organization has no such webhook.</returns>
    public async Task<RecoveryCreation?> CreateAsync(
        Guid orgId, Guid webhookId, NewRecovery wanted, RequestKey? key, CancellationToken cancellationToken)
    {
        if (await deliveries.PreviewAsync(orgId, webhookId, wanted.Scope, cancellationToken) is not { } preview)
        {
            return null;
        }

        var id = Guid.CreateVersion7();
        var total = preview.Complete ? preview.Count : (int?)null;
        var outcome = await requests.MakeAsync(
            orgId,
            key,
            id,
            (connection, cancel) => InsertAsync(connection, id, orgId, webhookId, wanted, total, cancel),
            creation => creation is RecoveryCreation.Begun,
            cancellationToken);
        return outcome switch
        {
            KeyedOutcome<RecoveryCreation?>.First(var creation) => creation,
            KeyedOutcome<RecoveryCreation?>.Repeat(var known) =>
                await FindAsync(orgId, webhookId, known, cancellationToken) is { } recovery ? new RecoveryCreation.Begun(recovery) : null,
            _ => new RecoveryCreation.KeyReused(),
        };
    }

    /// <summary>A page of a webhook's recoveries, newest first; null when the organization has no such webhook.</summary>
    /// <param name="after">The last id of the page before, or null for the first.</param>
    public async Task<Page<Recovery>?> ListAsync(
        Guid orgId, Guid webhookId, int limit, Guid? after, CancellationToken cancellationToken)
    {
        const string List = $"""
            SELECT {RecoveryReader.Columns} FROM webhook_recoveries
            WHERE webhook_id = @webhook_id AND org_id = @org_id AND (@after IS NULL OR id < @after)
            ORDER BY id DESC
            LIMIT @limit
            """;
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new($"SELECT {WebhookExists}") { Parameters = { new("webhook_id", webhookId), new("org_id", orgId) } });
        batch.BatchCommands.Add(new(List)
        {
            Parameters =
            {
                new("webhook_id", webhookId),
                new("org_id", orgId),
                NullableParameter.Create("after", NpgsqlDbType.Uuid, after),
                new("limit", limit + 1L),
            },
        });
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        if (!reader.GetBoolean(0))
        {
            return null;
        }

        await reader.NextResultAsync(cancellationToken);
        return Page<Recovery>.Of(await reader.ReadRowsAsync(RecoveryReader.Read, cancellationToken), limit, recovery => recovery.Id);
    }

    /// <summary>One recovery; null when the organization has no such webhook or the webhook no such recovery.</summary>
    public async Task<Recovery?> FindAsync(Guid orgId, Guid webhookId, Guid recoveryId, CancellationToken cancellationToken)
    {
        const string Sql = $"""
            SELECT {RecoveryReader.Columns} FROM webhook_recoveries
            WHERE id = @id AND webhook_id = @webhook_id AND org_id = @org_id AND {WebhookExists}
            """;
        await using var command = database.CreateCommand(Sql);
        command.Parameters.AddWithValue("id", recoveryId);
        command.Parameters.AddWithValue("webhook_id", webhookId);
        command.Parameters.AddWithValue("org_id", orgId);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? RecoveryReader.Read(reader) : null;
    }

    /// <summary>Makes a recovery wait until it is resumed. What it has made stays.</summary>
    /// <returns>Null when there is no such recovery.</returns>
    public Task<RecoveryChange?> PauseAsync(Guid orgId, Guid webhookId, Guid recoveryId, CancellationToken cancellationToken)
    {
        const string Change = """
            UPDATE webhook_recoveries SET state = 'paused', reason = 'requested'
            WHERE id IN (SELECT id FROM known WHERE state = 'running')
            """;
        return ChangeAsync(Change, RecoveryState.Paused, orgId, webhookId, recoveryId, cancellationToken);
    }

    /// <summary>Lets a paused recovery go on from where it was.</summary>
    /// <returns>Null when there is no such recovery.</returns>
    public Task<RecoveryChange?> ResumeAsync(Guid orgId, Guid webhookId, Guid recoveryId, CancellationToken cancellationToken)
    {
        const string Change = """
            UPDATE webhook_recoveries SET state = 'running', reason = NULL, next_step_at = now(), next_count_at = now()
            WHERE id IN (SELECT id FROM known WHERE state = 'paused') AND EXISTS (SELECT FROM webhooks WHERE id = @webhook_id AND active)
            """;
        return ChangeAsync(Change, RecoveryState.Running, orgId, webhookId, recoveryId, cancellationToken);
    }

    /// <summary>Ends a recovery. What it has made stays, and is counted no longer.</summary>
    /// <returns>Null when there is no such recovery.</returns>
    public Task<RecoveryChange?> CancelAsync(Guid orgId, Guid webhookId, Guid recoveryId, CancellationToken cancellationToken)
    {
        const string Change = """
            UPDATE webhook_recoveries SET state = 'canceled', reason = 'requested', finished_at = now()
            WHERE id IN (SELECT id FROM known WHERE state IN ('running', 'paused'))
            """;
        return ChangeAsync(Change, RecoveryState.Canceled, orgId, webhookId, recoveryId, cancellationToken);
    }

    /// <returns>What came of it; null when the organization has no such webhook.</returns>
    private static async Task<RecoveryCreation?> InsertAsync(
        NpgsqlConnection connection,
        Guid id,
        Guid orgId,
        Guid webhookId,
        NewRecovery recovery,
        int? total,
        CancellationToken cancellationToken)
    {
        while (true)
        {
            await using var batch = new NpgsqlBatch(connection);
            batch.BatchCommands.Add(InsertCommand(id, orgId, webhookId, recovery, total));
            await using var reader = await batch.ExecuteAuditedAsync(cancellationToken);
            if (!await reader.ReadAsync(cancellationToken))
            {
                return null;
            }

            if (!reader.IsDBNull(0))
            {
                return new RecoveryCreation.Begun(RecoveryReader.Read(reader));
            }

            var active = reader.GetOrdinal("webhook_active");
            if (!reader.GetBoolean(active))
            {
                return new RecoveryCreation.WebhookInactive();
            }

            // Without one, it has begun just now and is seen the next time, or has ended.
            if (reader.GetFieldValue<Guid?>(active + 1) is { } other)
            {
                return new RecoveryCreation.OtherRuns(other);
            }
        }
    }

    private static NpgsqlBatchCommand InsertCommand(Guid id, Guid orgId, Guid webhookId, NewRecovery recovery, int? total)
    {
        const string Sql = $"""
            WITH webhook AS (
                SELECT id, active FROM webhooks WHERE id = @webhook_id AND org_id = @org_id AND deleted_at IS NULL
            ), inserted AS (
                INSERT INTO webhook_recoveries
                    (id, webhook_id, org_id, created_from, created_to, statuses, events, response_status, rate, total, position)
                SELECT @id, id, @org_id, @from, @to, @statuses, @events, @response_status, @rate, @total, @position
                FROM webhook WHERE active
                ON CONFLICT (webhook_id) WHERE state IN ('running', 'paused') DO NOTHING
                RETURNING {RecoveryReader.Columns}
            )
            SELECT inserted.*, webhook.active AS webhook_active,
                   (SELECT id FROM webhook_recoveries WHERE webhook_id = @webhook_id AND state IN ('running', 'paused')) AS other
            FROM webhook LEFT JOIN inserted ON true
            """;
        var scope = recovery.Scope;
        var command = new NpgsqlBatchCommand(Sql);
        command.Parameters.AddWithValue("id", id);
        command.Parameters.AddWithValue("webhook_id", webhookId);
        command.Parameters.AddWithValue("org_id", orgId);
        command.Parameters.AddWithValue("from", scope.From);
        command.Parameters.AddWithValue("to", scope.To);
        command.Parameters.AddWithValue("statuses", scope.Statuses.ToArray());
        command.Parameters.Add(
            NullableParameter.Create("events", NpgsqlDbType.Array | NpgsqlDbType.Text, scope.Events?.ToArray()));
        command.Parameters.Add(NullableParameter.Create("response_status", NpgsqlDbType.Integer, scope.ResponseStatus));
        command.Parameters.Add(NullableParameter.Create("rate", NpgsqlDbType.Integer, recovery.Rate));
        command.Parameters.Add(NullableParameter.Create("total", NpgsqlDbType.Integer, total));
        command.Parameters.AddWithValue("position", RecoverableDeliveries.FirstPosition(scope));
        return command;
    }

    /// <param name="change">An update of the rows of a CTE <c>known</c> whose state it fits.</param>
    /// <param name="wanted">The state that it leads to.</param>
    private async Task<RecoveryChange?> ChangeAsync(
        string change, RecoveryState wanted, Guid orgId, Guid webhookId, Guid recoveryId, CancellationToken cancellationToken)
    {
        var sql = $"""
            WITH known AS (
                SELECT * FROM webhook_recoveries
                WHERE id = @id AND webhook_id = @webhook_id AND org_id = @org_id AND {WebhookExists}
                FOR UPDATE
            ), changed AS (
                {change}
                RETURNING *
            ), forgotten AS (
                DELETE FROM recovery_deliveries WHERE recovery_id IN (SELECT id FROM changed WHERE state = 'canceled')
            )
            SELECT {RecoveryReader.Columns} FROM changed
            UNION ALL
            SELECT {RecoveryReader.Columns} FROM known WHERE NOT EXISTS (SELECT FROM changed)
            """;
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new(sql)
        {
            Parameters = { new("id", recoveryId), new("webhook_id", webhookId), new("org_id", orgId) },
        });
        await using var reader = await batch.ExecuteAuditedAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            return null;
        }

        var recovery = RecoveryReader.Read(reader);
        if (recovery.State == wanted)
        {
            return new RecoveryChange.Made(recovery);
        }

        return recovery.State == RecoveryState.Paused
            ? new RecoveryChange.WebhookInactive()
            : new RecoveryChange.Ended(recovery.State);
    }
}
