using Npgsql;
using NpgsqlTypes;
using Webhooks.Core.Postgres;

namespace Webhooks.Core.Deliveries;

/// <summary>
/// A webhook's deliveries in the order in which they came, for whoever asks again and again for those that are new: each is read once, none
/// is passed over. Every statement is bound to the organization.
/// </summary>
/// <remarks>
/// Ids are of the time of the event. A delivery that came within a minute of that time is read in the order of ids; one that came later is
/// noted in <c>late_deliveries</c> as it is inserted, and read from there in the order of creation. Either is read only up to a time before
/// which every transaction that could insert has ended: what is seen then is all that there will be.
/// </remarks>
public sealed class DeliveryArrivals(NpgsqlDataSource database)
{
    /// <summary>The minute of the trigger <c>webhook_deliveries_late</c>, and the millisecond to which ids are exact.</summary>
    private static readonly TimeSpan _late = TimeSpan.FromMinutes(1) + TimeSpan.FromMilliseconds(1);

    /// <summary>The longest that a statement takes from its beginning to the first row that it writes, where it is not waited
    /// for.</summary>
    internal TimeSpan StatementTime { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>A page of what came after a place; null when the organization has no such webhook.</summary>
    /// <param name="filter">What to list; by properties that never change, since what is passed over is not read again.</param>
    public async Task<ArrivalPage?> ListAsync(
        Guid orgId, Guid webhookId, DeliveryFilter filter, int limit, ArrivalPlace after, CancellationToken cancellationToken)
    {
        if (await FindSettledAsync(orgId, webhookId, cancellationToken) is not { } settled)
        {
            return null;
        }

        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(IndexOrder.Prefer());
        batch.BatchCommands.Add(LateCommand(orgId, webhookId, filter, limit, after, settled));
        batch.BatchCommands.Add(TimelyCommand(orgId, webhookId, filter, limit, after, settled));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);

        var deliveries = new List<DeliverySummary>();
        var (lateAt, lateId) = await ReadLateAsync(reader, deliveries, limit, (settled, Guid.Empty), cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        var id = await ReadTimelyAsync(reader, deliveries, limit, IdBefore(settled), cancellationToken);
        return new ArrivalPage(deliveries, Later(after, new ArrivalPlace(id ?? after.Id, lateAt, lateId)));
    }

    /// <summary>An id that is less than that of any delivery which was created at that time or later and came in time.</summary>
    internal static Guid IdBefore(DateTimeOffset created) => UuidV7.LowerBound(created - _late);

    /// <summary>
    /// The time before which every transaction that inserts has ended; null when there is no such webhook. Statements that have
    /// written nothing yet are given <see cref="StatementTime"/>; a transaction that has is waited for. It is a statement of its own,
    /// because what it says holds for snapshots that are made after it.
    /// </summary>
    private async Task<DateTimeOffset?> FindSettledAsync(Guid orgId, Guid webhookId, CancellationToken cancellationToken)
    {
        const string Sql = """
            SELECT least(now() - @statement_time, (SELECT min(xact_start) FROM pg_stat_activity
                                                   WHERE datname = current_database() AND backend_xid IS NOT NULL))
            FROM webhooks WHERE id = @webhook_id AND org_id = @org_id AND deleted_at IS NULL
            """;
        await using var command = database.CreateCommand(Sql);
        command.Parameters.AddWithValue("statement_time", StatementTime);
        command.Parameters.AddWithValue("webhook_id", webhookId);
        command.Parameters.AddWithValue("org_id", orgId);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? reader.GetFieldValue<DateTimeOffset>(0) : null;
    }

    /// <summary>What came late, also what the filter or retention leaves nothing of: it counts as read.</summary>
    private static NpgsqlBatchCommand LateCommand(
        Guid orgId, Guid webhookId, DeliveryFilter filter, int limit, ArrivalPlace after, DateTimeOffset settled) => new($"""
        SELECT {DeliveryHistory.SummaryColumns}, late_at, late_id
        FROM (
            SELECT created_at AS late_at, delivery_id AS late_id FROM late_deliveries
            WHERE webhook_id = @webhook_id AND (created_at, delivery_id) > (@late_at, @late_id) AND created_at < @settled
            ORDER BY webhook_id, created_at, delivery_id
            LIMIT @limit
        ) AS late
        LEFT JOIN webhook_deliveries ON webhook_deliveries.id = late_id AND org_id = @org_id AND {FilterCondition}
        ORDER BY late_at, late_id
        """)
        {
            Parameters =
            {
                new("org_id", orgId),
                new("webhook_id", webhookId),
                new("late_at", after.LateAt.ToUniversalTime()),
                new("late_id", after.LateId),
                new("settled", settled.ToUniversalTime()),
                new("limit", (long)limit),
                NullableParameter.Create("event", NpgsqlDbType.Text, filter.Event),
                NullableParameter.Create("from", NpgsqlDbType.TimestampTz, filter.From?.ToUniversalTime()),
                NullableParameter.Create("to", NpgsqlDbType.TimestampTz, filter.To?.ToUniversalTime()),
            },
        };

    /// <summary>What came in time. One scan of one index, as in <see cref="DeliveryHistory"/>; what came late before it was noted is read
    /// here, too.</summary>
    private static NpgsqlBatchCommand TimelyCommand(
        Guid orgId, Guid webhookId, DeliveryFilter filter, int limit, ArrivalPlace after, DateTimeOffset settled) => new($"""
        SELECT {DeliveryHistory.SummaryColumns} FROM webhook_deliveries
        WHERE (webhook_id, id) > (@webhook_id, @after) AND (webhook_id, id) < (@webhook_id, @settled_id)
          AND id > @after AND id < @settled_id
          AND org_id = @org_id
          AND {FilterCondition}
          AND (id >= webhook_least_id(created_at - interval '1 minute')
               OR NOT EXISTS (SELECT FROM late_deliveries AS late WHERE late.webhook_id = @webhook_id
                              AND late.created_at = webhook_deliveries.created_at AND delivery_id = id))
        ORDER BY webhook_id, id
        LIMIT @limit
        """)
        {
            Parameters =
            {
                new("org_id", orgId),
                new("webhook_id", webhookId),
                new("after", after.Id),
                new("settled_id", IdBefore(settled)),
                new("limit", limit + 1L),
                NullableParameter.Create("event", NpgsqlDbType.Text, filter.Event),
                NullableParameter.Create("from", NpgsqlDbType.TimestampTz, filter.From?.ToUniversalTime()),
                NullableParameter.Create("to", NpgsqlDbType.TimestampTz, filter.To?.ToUniversalTime()),
            },
        };

    private const string FilterCondition = """
        (@event IS NULL OR event = @event)
          AND (@from IS NULL OR webhook_deliveries.created_at >= @from)
          AND (@to IS NULL OR webhook_deliveries.created_at < @to)
        """;

    /// <returns>What is read of those that came late: all, unless the page is full.</returns>
    private static async Task<(DateTimeOffset At, Guid Id)> ReadLateAsync(
        NpgsqlDataReader reader,
        List<DeliverySummary> deliveries,
        int limit,
        (DateTimeOffset At, Guid Id) all,
        CancellationToken cancellationToken)
    {
        var (rows, last) = (0, all);
        var (lateAt, lateId) = (reader.GetOrdinal("late_at"), reader.GetOrdinal("late_id"));
        while (await reader.ReadAsync(cancellationToken))
        {
            rows++;
            last = (reader.GetFieldValue<DateTimeOffset>(lateAt), reader.GetGuid(lateId));
            if (!reader.IsDBNull(0))
            {
                deliveries.Add(DeliveryHistory.ReadSummary(reader));
            }
        }

        return rows < limit ? all : last;
    }

    /// <returns>What is read of those that came in time: all, unless the page is full; null when there was no room for any.</returns>
    private static async Task<Guid?> ReadTimelyAsync(
        NpgsqlDataReader reader, List<DeliverySummary> deliveries, int limit, Guid all, CancellationToken cancellationToken)
    {
        Guid? last = null;
        while (await reader.ReadAsync(cancellationToken))
        {
            if (deliveries.Count == limit)
            {
                return last;
            }

            var delivery = DeliveryHistory.ReadSummary(reader);
            deliveries.Add(delivery);
            last = delivery.Id;
        }

        return all;
    }

    /// <summary>A place that is never before the one that was given: a transaction that is waited for must not bring back what was
    /// read.</summary>
    private static ArrivalPlace Later(ArrivalPlace before, ArrivalPlace read)
    {
        var isLater = read.LateAt > before.LateAt || (read.LateAt == before.LateAt && read.LateId.CompareTo(before.LateId) > 0);
        var late = isLater ? read : before;
        return new ArrivalPlace(read.Id.CompareTo(before.Id) > 0 ? read.Id : before.Id, late.LateAt, late.LateId);
    }
}
