using System.Diagnostics;
using Npgsql;
using Webhooks.Core.Postgres;
using Webhooks.Core.Statistics;

namespace Webhooks.Core.Cancellation;

/// <summary>
/// The pending deliveries of a webhook that has been deactivated or deleted, which are canceled: as many as one short statement takes in
/// the transaction of that change, the rest after it in others. What is left then, and what somebody is attempting, is canceled when it
/// comes due.
/// </summary>
internal static class StoppedBacklog
{
    /// <summary>Deliveries in one statement: as many as when somebody cancels a backlog.</summary>
    public const int MostPerStatement = Cancellations.MostPerStatement;

    /// <summary>A test delivery is made for an inactive webhook, too, unless it waits to be pulled.</summary>
    private const string Sql = $"""
        WITH idle AS (
            SELECT id FROM webhook_deliveries
            WHERE webhook_id = @id AND org_id = @org_id AND status = 'pending' AND (lease_token IS NULL OR lease_until <= now())
              AND (NOT @due OR next_attempt_at <= now())
              AND EXISTS (
                  SELECT FROM webhooks
                  WHERE webhooks.id = @id AND webhooks.org_id = @org_id
                    AND (deleted_at IS NOT NULL OR NOT (active OR (test AND mode = 'push'))))
            ORDER BY id
            LIMIT @limit
            FOR UPDATE
        ), canceled AS (
            UPDATE webhook_deliveries SET status = 'canceled', next_attempt_at = NULL, lease_until = NULL, lease_token = NULL
            WHERE id = ANY (ARRAY (SELECT id FROM idle))
            RETURNING {StatisticsChanges.Columns}
        )
        {StatisticsChanges.CountCanceled}
        """;

    /// <summary>How long a caller waits for the rest.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The command that cancels the first of them. It follows a statement that has locked the webhook's row, as every transaction that
    /// locks both does.
    /// </summary>
    public static NpgsqlBatchCommand Cancel(Guid orgId, Guid webhookId) =>
        Command(Sql, orgId, webhookId, due: false);

    /// <summary>Cancels the rest, after the change has been committed.</summary>
    public static Task CancelRestAsync(NpgsqlDataSource database, Guid orgId, Guid webhookId, CancellationToken cancellationToken) =>
        CancelAsync(database, orgId, webhookId, due: false, cancellationToken);

    /// <summary>Cancels those that have come due. A webhook that is disabled by its health, and enabled before that, keeps them.</summary>
    public static Task CancelDueAsync(NpgsqlDataSource database, Guid orgId, Guid webhookId, CancellationToken cancellationToken) =>
        CancelAsync(database, orgId, webhookId, due: true, cancellationToken);

    private static async Task CancelAsync(
        NpgsqlDataSource database, Guid orgId, Guid webhookId, bool due, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        int canceled;
        do
        {
            canceled = await ConflictRetry.RunAsync(CancelSomeAsync, cancellationToken);
        }
        while (canceled == MostPerStatement && Stopwatch.GetElapsedTime(began) < _patience);

        async Task<int> CancelSomeAsync(CancellationToken cancel)
        {
            const string Canceled = $"{Sql} RETURNING cardinality(org_ids)";
            await using var batch = database.CreateBatch();
            batch.BatchCommands.Add(Command(Canceled, orgId, webhookId, due));
            return await batch.ExecuteScalarAsync(cancel) as int? ?? 0;
        }
    }

    private static NpgsqlBatchCommand Command(string sql, Guid orgId, Guid webhookId, bool due) => new(sql)
    {
        Parameters = { new("id", webhookId), new("org_id", orgId), new("limit", (long)MostPerStatement), new("due", due) },
    };
}
