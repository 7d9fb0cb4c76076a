using System.Data;
using Npgsql;
using NpgsqlTypes;
using Webhooks.Core.Postgres;

namespace Webhooks.Core.Statistics;

/// <summary>
/// The counts of an organization's deliveries. An answer is what has been added up and what has not yet, as both are at one moment: so it
/// is exact, and takes as long whether there are few deliveries or many.
/// </summary>
public sealed class DeliveryStatistics(NpgsqlDataSource database)
{
    /// <summary>The counts of all of an organization's webhooks, deleted ones included.</summary>
    /// <param name="orgId">The organization.</param>
    /// <param name="window">Which time.</param>
    /// <param name="grouping">What to tell apart; null for nothing.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task<StatisticsReport> ReadAsync(
        Guid orgId, StatisticsWindow window, StatisticsGrouping? grouping, CancellationToken cancellationToken) =>
        await ReadAsync(orgId, null, window, grouping, cancellationToken) ?? throw new InvalidOperationException("Counting has not begun.");

    /// <summary>The counts of one webhook.</summary>
    /// <returns>Null when the organization has no such webhook.</returns>
    public Task<StatisticsReport?> ReadAsync(
        Guid orgId, Guid webhookId, StatisticsWindow window, StatisticsGrouping? grouping, CancellationToken cancellationToken) =>
        ReadAsync(orgId, (Guid?)webhookId, window, grouping, cancellationToken);

    private async Task<StatisticsReport?> ReadAsync(
        Guid orgId, Guid? webhookId, StatisticsWindow window, StatisticsGrouping? grouping, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(Start(orgId, webhookId));
        batch.BatchCommands.Add(AddedUp(orgId, webhookId, window));
        batch.BatchCommands.Add(IndexOrder.Prefer());
        batch.BatchCommands.Add(NotAddedUp(orgId, webhookId));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            return null;
        }

        var since = reader.GetFieldValue<DateTimeOffset>(0);
        var sum = new StatisticsSum(window, grouping);
        await reader.NextResultAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            sum.Add(reader.GetFieldValue<DateTimeOffset>(0), reader.GetString(1), reader.GetString(2), ReadCounts(reader, first: 3));
        }

        await reader.NextResultAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        var tally = new StatisticsTally(since);
        while (await reader.ReadAsync(cancellationToken))
        {
            foreach (var entry in StatisticsChanges.Read(reader))
            {
                if (entry.OrgId == orgId && (webhookId is null || entry.WebhookId == webhookId))
                {
                    tally.Add(entry);
                }
            }
        }

        foreach (var (key, counts) in tally.Counts)
        {
            sum.Add(key.At, key.Event, key.Error, counts);
        }

        return sum.Report(since);
    }

    private static NpgsqlBatchCommand Start(Guid orgId, Guid? webhookId)
    {
        const string Sql = """
            SELECT since FROM webhook_statistics_start
            WHERE @webhook_id IS NULL
               OR EXISTS (SELECT FROM webhooks WHERE id = @webhook_id AND org_id = @org_id AND deleted_at IS NULL)
            """;
        return new(Sql)
        {
            Parameters = { new("org_id", orgId), NullableParameter.Create("webhook_id", NpgsqlDbType.Uuid, webhookId) },
        };
    }

    private static NpgsqlBatchCommand AddedUp(Guid orgId, Guid? webhookId, StatisticsWindow window)
    {
        const string Sql = """
            SELECT at, event, error, deliveries, succeeded, failed, canceled, skipped, first_attempt, ended_attempts, attempts,
                   failed_attempts, durations
            FROM webhook_statistics
            WHERE minutes = @minutes AND org_id = @org_id AND webhook_id = @webhook_id AND at >= @from AND at < @to
            """;
        return new(Sql)
        {
            Parameters =
            {
                new("minutes", window.Interval.Minutes()),
                new("org_id", orgId),
                new("webhook_id", webhookId ?? Guid.Empty),
                new("from", window.From),
                new("to", window.To),
            },
        };
    }

    private static NpgsqlBatchCommand NotAddedUp(Guid orgId, Guid? webhookId)
    {
        var condition = webhookId is null ? "org_ids @> ARRAY[@id]" : "webhook_ids @> ARRAY[@id]";
        return new($"SELECT {StatisticsChanges.ReadColumns} FROM webhook_statistics_changes WHERE {condition} ORDER BY id")
        {
            Parameters = { new("id", webhookId ?? orgId) },
        };
    }

    private static DeliveryCounts ReadCounts(NpgsqlDataReader reader, int first)
    {
        var counts = new DeliveryCounts
        {
            Deliveries = reader.GetInt64(first),
            Succeeded = reader.GetInt64(first + 1),
            Failed = reader.GetInt64(first + 2),
            Canceled = reader.GetInt64(first + 3),
            Skipped = reader.GetInt64(first + 4),
            FirstAttempt = reader.GetInt64(first + 5),
            EndedAttempts = reader.GetInt64(first + 6),
            Attempts = reader.GetInt64(first + 7),
            FailedAttempts = reader.GetInt64(first + 8),
        };
        counts.Durations.Add(reader.GetFieldValue<int[]>(first + 9));
        return counts;
    }
}
