using Npgsql;
using Webhooks.Core.Postgres;

namespace Webhooks.Core.Deliveries;

/// <summary>
/// The search for the webhooks of which deliveries are pending that are to be attempted, without passing over each of these.
/// </summary>
public sealed class BacklogSurvey(NpgsqlDataSource database)
{
    /// <summary>The webhooks with pending deliveries, in the order of their ids, but for those that are pulled from.</summary>
    /// <param name="after">The last webhook that is known already; the least id for the first ones.</param>
    /// <param name="limit">The most to look at; each is one look into an index.</param>
    /// <returns>The webhooks, and the last one that was looked at; the least id when there are no more.</returns>
    public async Task<(IReadOnlyList<Guid> Webhooks, Guid Last)> FindWebhooksAsync(
        Guid after, int limit, CancellationToken cancellationToken)
    {
        const string Sql = """
            WITH RECURSIVE found (webhook_id, place) AS (
                SELECT $1, 0
                UNION ALL
                SELECT next.webhook_id, found.place + 1
                FROM found CROSS JOIN LATERAL (
                    SELECT webhook_id FROM webhook_deliveries
                    WHERE status = 'pending' AND webhook_id > found.webhook_id
                    ORDER BY webhook_id
                    LIMIT 1
                ) AS next
                WHERE found.place < $2
            )
            SELECT webhook_id, EXISTS (SELECT FROM webhooks WHERE id = webhook_id AND mode = 'pull') AS is_pulled
            FROM found WHERE place > 0
            """;
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(IndexOrder.Prefer());
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Sql)
        {
            Parameters = { new NpgsqlParameter<Guid> { TypedValue = after }, new NpgsqlParameter<int> { TypedValue = limit } },
        });
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        var webhooks = new List<Guid>();
        var (seen, last) = (0, Guid.Empty);
        for (; await reader.ReadAsync(cancellationToken); seen++)
        {
            last = reader.GetGuid(0);
            if (!reader.GetBoolean(1))
            {
                webhooks.Add(last);
            }
        }

        return (webhooks, seen < limit ? Guid.Empty : last);
    }
}
