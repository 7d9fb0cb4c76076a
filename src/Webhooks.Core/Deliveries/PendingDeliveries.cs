using Npgsql;
using Webhooks.Core.Events;
using Webhooks.Core.Health;
using Webhooks.Core.Postgres;

namespace Webhooks.Core.Deliveries;

/// <summary>
/// What is left to do, for a host that starts each delivery by its id instead of claiming whatever is due. Times are the database's.
/// </summary>
public sealed class PendingDeliveries(NpgsqlDataSource database)
{
    /// <summary>
    /// Those of some deliveries that are still to be attempted: the others are finished, canceled, wait to be pulled, or were never stored.
    /// </summary>
    public async Task<IReadOnlyList<Guid>> AmongAsync(IReadOnlyCollection<Guid> deliveries, CancellationToken cancellationToken)
    {
        // Materialized, so that even with statistics that are old or missing the planner looks up the ids and does not read all that is
        // pending.
        const string Sql = """
            WITH delivery AS MATERIALIZED (
                SELECT id, status, lease_until FROM webhook_deliveries WHERE id = ANY ($1)
            )
            SELECT id FROM delivery WHERE status = 'pending' AND lease_until IS DISTINCT FROM 'infinity' ORDER BY id
            """;

        await using var command = database.CreateCommand(Sql);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. deliveries] });
        return await ReadIdsAsync(command, cancellationToken);
    }

    /// <summary>
    /// An event's deliveries that no attempt has been made of and none is under way: those that a repeated fan-out has to begin.
    /// </summary>
    public async Task<IReadOnlyList<Guid>> NotBegunAsync(PublishedEvent published, CancellationToken cancellationToken)
    {
        // A delivery's id begins with its event's time, so this reads one narrow range of one partition.
        const string Sql = """
            WITH delivery AS MATERIALIZED (
                SELECT id, event_id, status, attempt_number, lease_token, lease_until FROM webhook_deliveries WHERE id BETWEEN $1 AND $2
            )
            SELECT id FROM delivery
            WHERE event_id = $3 AND status = 'pending' AND attempt_number = 0 AND lease_token IS NULL
              AND lease_until IS DISTINCT FROM 'infinity'
            ORDER BY id
            """;

        var (least, greatest) = UuidV7.SameTime(published.Id);
        await using var command = database.CreateCommand(Sql);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = least });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = greatest });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = published.Id });
        return await ReadIdsAsync(command, cancellationToken);
    }

    /// <summary>Deliveries that should have been attempted by now and that nobody is attempting, longest due first.</summary>
    /// <param name="dueFor">For how long they have been due.</param>
    /// <param name="limit">The most to return.</param>
    public async Task<IReadOnlyList<Guid>> StrandedAsync(TimeSpan dueFor, int limit, CancellationToken cancellationToken)
    {
        const string Sql = """
            SELECT id FROM webhook_deliveries
            WHERE status = 'pending' AND greatest(next_attempt_at, lease_until) <= now() - $1
            ORDER BY greatest(next_attempt_at, lease_until)
            LIMIT $2
            """;

        await using var command = database.CreateCommand(Sql);
        command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = dueFor });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
        return await ReadIdsAsync(command, cancellationToken);
    }

    /// <summary>Where a delivery stands; null when it is not stored (any more).</summary>
    public async Task<DeliveryState?> FindAsync(Guid delivery, CancellationToken cancellationToken)
    {
        const string Sql = $"""
            SELECT status, attempt_number, response_status,
                   CASE WHEN lease_until IS DISTINCT FROM 'infinity' THEN greatest(next_attempt_at, lease_until) - now() END,
                   {HoldColumns.Sql}
            FROM webhook_deliveries WHERE id = $1
            """;

        await using var command = database.CreateCommand(Sql);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = delivery });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new DeliveryState(
                DeliveryStatusText.Parse(reader.GetString(0)),
                AttemptsMade: reader.GetInt32(1),
                ResponseStatus: reader.IsDBNull(2) ? null : reader.GetInt32(2),
                DueIn: reader.IsDBNull(3) ? null : reader.GetTimeSpan(3),
                HoldColumns.Read(reader, first: 4))
            : null;
    }

    private static async Task<IReadOnlyList<Guid>> ReadIdsAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadRowsAsync(row => row.GetGuid(0), cancellationToken);
    }
}
