using Npgsql;
using NpgsqlTypes;
using Webhooks.Core.Health;
using Webhooks.Core.Organizations;
using Webhooks.Core.Postgres;
using Webhooks.Core.Webhooks;

namespace Webhooks.Core.Backlog;

/// <summary>The reasons for which an organization's pending deliveries wait, counted.</summary>
public sealed class PendingBacklog(NpgsqlDataSource database)
{
    /// <summary>The most that are looked at, so that nobody waits for a count of millions.</summary>
    public const int MostCounted = OrganizationStore.MostCounted;

    /// <summary>Counts them, the most frequent reason first.</summary>
    public async Task<IReadOnlyList<BacklogReason>> ReadAsync(Reach reach, CancellationToken cancellationToken)
    {
        // It begins with the webhooks and looks into an index for each; the bounds keep the planner from any other way.
        const string Sql = $"""
            WITH waiting AS MATERIALIZED (
                SELECT pending.*
                FROM (
                    SELECT id FROM webhooks
                    WHERE org_id = @org_id AND (@webhook_id IS NULL OR id = @webhook_id) AND deleted_at IS NULL
                    LIMIT @most
                ) AS own
                CROSS JOIN LATERAL (
                    SELECT webhook_id, status, test, lease_token, lease_until, next_attempt_at, attempt_number, created_at
                    FROM webhook_deliveries WHERE webhook_id = own.id AND status = 'pending' LIMIT @most
                ) AS pending
                LIMIT @most
            ), told AS (
                SELECT created_at, next_attempt_at, attempt_number, {HoldColumns.Sql},
                       coalesce(lease_token IS NOT NULL AND lease_until > now(), false) AS under_way
                FROM waiting
            ), reasoned AS (
                SELECT created_at, next_attempt_at, CASE
                    WHEN under_way THEN '{BacklogReason.Attempting}'
                    WHEN held_by IS NOT NULL THEN held_by
                    WHEN next_attempt_at <= now() THEN '{BacklogReason.Due}'
                    WHEN attempt_number > 0 THEN '{BacklogReason.Retry}'
                    ELSE '{BacklogReason.Scheduled}'
                END AS reason
                FROM told
            )
            SELECT reason, count(*)::int, min(created_at),
                   min(next_attempt_at) FILTER (WHERE reason IN ('{BacklogReason.Retry}', '{BacklogReason.Scheduled}'))
            FROM reasoned GROUP BY reason ORDER BY count(*) DESC, reason
            """;
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(IndexOrder.Prefer());
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Sql)
        {
            Parameters =
            {
                new("org_id", reach.OrgId),
                NullableParameter.Create("webhook_id", NpgsqlDbType.Uuid, reach.WebhookId),
                new("most", (long)MostCounted),
            },
        });
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        return await reader.ReadRowsAsync(
            row => new BacklogReason(
                row.GetString(0), row.GetInt32(1), row.GetFieldValue<DateTimeOffset>(2), row.GetFieldValue<DateTimeOffset?>(3)),
            cancellationToken);
    }
}
