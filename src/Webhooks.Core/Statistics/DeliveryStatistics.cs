using System.Data;
using Npgsql;
using NpgsqlTypes;
using Webhooks.Core.Postgres;
using Webhooks.Core.Webhooks;

namespace Webhooks.Core.Statistics;

/// <summary>
/// The counts of an organization's deliveries. An answer is what has been added up and what has not yet, as both are at one moment: so it
/// is exact, and takes as long whether there are few deliveries or many.
/// </summary>
public sealed class DeliveryStatistics(NpgsqlDataSource database)
{
    /// <summary>Webhooks that one answer tells apart.</summary>
    public const int MostWebhooks = 100;

    /// <summary>The counts of all of an organization's webhooks, deleted ones included.</summary>
    /// <param name="reach">The organization, or one webhook of it, which may be deleted.</param>
    /// <param name="window">Which time.</param>
    /// <param name="grouping">What to tell apart; null for nothing.</param>
    /// <param name="webhooks">
    /// Of which webhooks to tell, when these are told apart: up to <see cref="MostWebhooks"/>; null for the newest. Those that are deleted
    /// are told of no more.
    /// </param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task<StatisticsReport> ReadAsync(
        Reach reach,
        StatisticsWindow window,
        StatisticsGrouping? grouping,
        IReadOnlyList<Guid>? webhooks,
        CancellationToken cancellationToken) =>
        await ReadAsync(reach, mustExist: false, window, grouping, webhooks, cancellationToken)
        ?? throw new InvalidOperationException("Counting has not begun.");

    /// <summary>The counts of one webhook.</summary>
    /// <returns>Null when the organization has no such webhook.</returns>
    public Task<StatisticsReport?> ReadAsync(
        Guid orgId, Guid webhookId, StatisticsWindow window, StatisticsGrouping? grouping, CancellationToken cancellationToken) =>
        ReadAsync(new Reach(orgId, webhookId), mustExist: true, window, grouping, webhooks: null, cancellationToken);

    private async Task<StatisticsReport?> ReadAsync(
        Reach reach,
        bool mustExist,
        StatisticsWindow window,
        StatisticsGrouping? grouping,
        IReadOnlyList<Guid>? webhooks,
        CancellationToken cancellationToken)
    {
        var apart = grouping == StatisticsGrouping.Webhook ? ToldApart : "SELECT NULL::uuid LIMIT 0";
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(AddToldApart(Start(reach, mustExist, apart), webhooks));
        batch.BatchCommands.Add(AddToldApart(AddedUp(reach, window, apart), webhooks));
        batch.BatchCommands.Add(IndexOrder.Prefer());
        batch.BatchCommands.Add(NotAddedUp(reach));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            return null;
        }

        var since = reader.GetFieldValue<DateTimeOffset>(0);
        var groups = reader.GetFieldValue<Guid[]>(1).ToHashSet();
        var all = reach.WebhookId ?? Guid.Empty;
        var sum = new StatisticsSum(window, grouping);
        await reader.NextResultAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var (webhook, at, counts) = (reader.GetGuid(0), reader.GetFieldValue<DateTimeOffset>(1), ReadCounts(reader, first: 4));
            if (webhook == all)
            {
                sum.Add(at, reader.GetString(2), reader.GetString(3), counts);
            }

            if (groups.Contains(webhook))
            {
                sum.AddToGroup(webhook, at, counts);
            }
        }

        await reader.NextResultAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        var tally = new StatisticsTally(since);
        while (await reader.ReadAsync(cancellationToken))
        {
            foreach (var entry in StatisticsChanges.Read(reader))
            {
                if (entry.OrgId == reach.OrgId && (reach.WebhookId is null || entry.WebhookId == reach.WebhookId))
                {
                    tally.Add(entry);
                }
            }
        }

        foreach (var (key, counts) in tally.Counts)
        {
            sum.Add(key.At, key.Event, key.Error, counts);
            if (groups.Contains(key.WebhookId))
            {
                sum.AddToGroup(key.WebhookId, key.At, counts);
            }
        }

        return sum.Report(since);
    }

    /// <summary>The ids of the webhooks that are told apart.</summary>
    private const string ToldApart = """
        SELECT id FROM webhooks
        WHERE org_id = @org_id AND deleted_at IS NULL
          AND (@webhook_id IS NULL OR id = @webhook_id) AND (@webhooks IS NULL OR id = ANY (@webhooks))
        ORDER BY id DESC
        LIMIT @most_webhooks
        """;

    private static NpgsqlBatchCommand AddToldApart(NpgsqlBatchCommand command, IReadOnlyList<Guid>? webhooks)
    {
        command.Parameters.Add(NullableParameter.Create("webhooks", NpgsqlDbType.Array | NpgsqlDbType.Uuid, webhooks?.ToArray()));
        command.Parameters.Add(new("most_webhooks", (long)MostWebhooks));
        return command;
    }

    private static NpgsqlBatchCommand Start(Reach reach, bool mustExist, string apart) => new($"""
        SELECT since, ARRAY ({apart}) FROM webhook_statistics_start
        WHERE NOT @must_exist OR EXISTS (SELECT FROM webhooks WHERE id = @webhook_id AND org_id = @org_id AND deleted_at IS NULL)
        """)
    {
        Parameters =
        {
            new("must_exist", mustExist),
            new("org_id", reach.OrgId),
            NullableParameter.Create("webhook_id", NpgsqlDbType.Uuid, reach.WebhookId),
        },
    };

    private static NpgsqlBatchCommand AddedUp(Reach reach, StatisticsWindow window, string apart) => new($"""
        SELECT webhook_id, at, event, error, deliveries, succeeded, failed, canceled, skipped, first_attempt, ended_attempts, attempts,
               failed_attempts, durations
        FROM webhook_statistics
        WHERE minutes = @minutes AND org_id = @org_id AND at >= @from AND at < @to
          AND webhook_id = ANY (ARRAY (SELECT @all UNION ({apart})))
        """)
    {
        Parameters =
        {
            new("minutes", window.Interval.Minutes()),
            new("org_id", reach.OrgId),
            NullableParameter.Create("webhook_id", NpgsqlDbType.Uuid, reach.WebhookId),
            new("all", reach.WebhookId ?? Guid.Empty),
            new("from", window.From),
            new("to", window.To),
        },
    };

    private static NpgsqlBatchCommand NotAddedUp(Reach reach)
    {
        var condition = reach.WebhookId is null ? "org_ids @> ARRAY[@id]" : "webhook_ids @> ARRAY[@id]";
        return new($"SELECT {StatisticsChanges.ReadColumns} FROM webhook_statistics_changes WHERE {condition} ORDER BY id")
        {
            Parameters = { new("id", reach.WebhookId ?? reach.OrgId) },
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
