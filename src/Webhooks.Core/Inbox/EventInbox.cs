using Npgsql;
using Webhooks.Core.Events;
using Webhooks.Core.Organizations;
using Webhooks.Core.Postgres;

namespace Webhooks.Core.Inbox;

/// <summary>
/// The events that were published in transactions (<c>publish_webhook_event</c> in SQL) and are not fanned out yet. A process takes some
/// with a lease; those of one that ended are taken again by any other.
/// </summary>
public sealed class EventInbox(NpgsqlDataSource database, WebhooksOptions options)
{
    /// <summary>
    /// For how long an event is left alone that a process has taken. An event that is fanned out twice makes no second delivery.
    /// </summary>
    internal static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    /// <summary>How long an event stays that was refused after its commit.</summary>
    internal static readonly TimeSpan RefusedLifetime = TimeSpan.FromDays(30);

    /// <summary>Makes the limits that the function has those of this process's settings.</summary>
    public async Task KeepLimitsAsync(CancellationToken cancellationToken)
    {
        const string Sql = """
            UPDATE inbox_limits SET event_bytes = $1, event_key_length = $2 WHERE (event_bytes, event_key_length) <> ($1, $2)
            """;
        await using var command = database.CreateCommand(Sql);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = options.Limits.EventBytes });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = options.Limits.EventKeyLength });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Takes events that are due, the oldest first, of which no other process is told meanwhile.</summary>
    /// <param name="most">How many.</param>
    /// <param name="cancellationToken">Gives up; what was taken then is taken again when its lease has ended.</param>
    internal async Task<IReadOnlyList<InboxEvent>> TakeAsync(int most, CancellationToken cancellationToken)
    {
        const string Sql = """
            WITH due AS MATERIALIZED (
                SELECT org_id, event_id FROM event_inbox
                WHERE due_at <= now() AND refused_at IS NULL
                ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED
            ), taken AS (
                UPDATE event_inbox AS inbox SET due_at = now() + $2, tries = tries + 1
                FROM due WHERE inbox.org_id = due.org_id AND inbox.event_id = due.event_id
                RETURNING inbox.*
            )
            SELECT org_id, event_id, event, data::text, "timestamp", trace_parent, deliver_at, ordering_key, tries
            FROM taken ORDER BY published_at, event_id
            """;
        await using var command = database.CreateCommand(Sql);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = most });
        command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = Lease });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadRowsAsync(Read, cancellationToken);
    }

    /// <summary>Forgets an event whose deliveries are stored, and completes its idempotency key.</summary>
    internal async Task CompleteAsync(PublishedEvent published, CancellationToken cancellationToken)
    {
        const string Sql = """
            WITH done AS (
                DELETE FROM event_inbox WHERE org_id = $1 AND event_id = $2 RETURNING org_id, event_id, key
            )
            UPDATE event_keys AS keys SET deliveries = $3
            FROM done WHERE keys.org_id = done.org_id AND keys.key = done.key AND keys.event_id = done.event_id AND keys.deliveries IS NULL
            """;
        await using var command = CommandFor(Sql, published.OrgId, published.Id);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = published.Deliveries });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Forgets an event of an organization that is erased, and its idempotency key.</summary>
    internal async Task DropAsync(InboxEvent dropped, CancellationToken cancellationToken)
    {
        const string Sql = """
            WITH dropped AS (
                DELETE FROM event_inbox WHERE org_id = $1 AND event_id = $2 RETURNING org_id, key
            )
            DELETE FROM event_keys AS keys USING dropped WHERE keys.org_id = dropped.org_id AND keys.key = dropped.key
            """;
        await using var command = CommandFor(Sql, dropped.Message.OrgId, dropped.Id);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>
    /// Puts events of an organization back that its limit does not allow yet, and with them all others of it that are due: each until about
    /// the time at which the limit will allow it, so that none is looked at in vain, and none keeps those of others waiting.
    /// </summary>
    /// <param name="taken">Those that were taken and are refused now, of one organization.</param>
    /// <param name="allowance">What the limit says.</param>
    /// <param name="cancellationToken">Gives up; then they are taken again when their leases have ended.</param>
    internal async Task PostponeAsync(
        IReadOnlyCollection<InboxEvent> taken, PublishAllowance allowance, CancellationToken cancellationToken)
    {
        const string Sql = """
            WITH waiting AS MATERIALIZED (
                SELECT event_id, published_at FROM event_inbox
                WHERE org_id = $1 AND refused_at IS NULL AND (due_at <= now() OR event_id = ANY ($2))
                FOR UPDATE SKIP LOCKED
            ), placed AS (
                SELECT event_id, row_number() OVER (ORDER BY published_at, event_id) - 1 AS before FROM waiting
            )
            UPDATE event_inbox AS inbox
            SET due_at = now() + $3 + make_interval(secs => before / $4), tries = tries - (inbox.event_id = ANY ($2))::int
            FROM placed WHERE inbox.org_id = $1 AND inbox.event_id = placed.event_id
            """;
        await using var command = database.CreateCommand(Sql);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = allowance.OrgId });
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. taken.Select(item => item.Id)] });
        command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = allowance.Wait });
        command.Parameters.Add(new NpgsqlParameter<double> { TypedValue = allowance.Rate.PerSecond });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Keeps an event that can never be fanned out as it is, with the reason, for whoever looks for it.</summary>
    internal async Task RefuseAsync(InboxEvent refused, string reason, CancellationToken cancellationToken)
    {
        const string Sql = "UPDATE event_inbox SET refused = $3, refused_at = now() WHERE org_id = $1 AND event_id = $2";
        await using var command = CommandFor(Sql, refused.Message.OrgId, refused.Id);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = reason });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private NpgsqlCommand CommandFor(string sql, Guid orgId, Guid eventId)
    {
        var command = database.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = orgId });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = eventId });
        return command;
    }

    private static InboxEvent Read(NpgsqlDataReader reader) => new(
        new EventMessage(
            reader.GetGuid(0),
            reader.GetString(2),
            reader.GetFieldValue<byte[]>(3),
            Key: null,
            reader.GetFieldValue<DateTimeOffset>(4),
            reader.IsDBNull(5) ? null : reader.GetString(5))
        {
            OwnId = reader.GetGuid(1),

            // By a process that ended, or by somebody who published it again in another way.
            MayBeStored = true,
            DeliverAt = reader.IsDBNull(6) ? null : reader.GetFieldValue<DateTimeOffset>(6),
            OrderingKey = reader.IsDBNull(7) ? null : reader.GetString(7),
        },
        reader.GetInt32(8));
}
