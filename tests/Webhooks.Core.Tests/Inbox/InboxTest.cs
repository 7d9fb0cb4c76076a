using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using NpgsqlTypes;
using Webhooks.Core.Deliveries;
using Webhooks.Core.EventTypes;
using Webhooks.Core.Inbox;
using Webhooks.Core.Organizations;
using Webhooks.Core.Tests.Postgres;

namespace Webhooks.Core.Tests.Inbox;

/// <summary>A test that publishes in SQL, and fans out as a process does.</summary>
public abstract class InboxTest : DatabaseTest
{
    protected Guid Org { get; } = Guid.NewGuid();

    protected EventInbox Inbox => new(Database, new WebhooksOptions());

    /// <summary>Publishes in a transaction of its own, or in that of a connection.</summary>
    /// <returns>The event's id.</returns>
    protected async Task<Guid> PublishInSqlAsync(
        Guid? org,
        string? type = "user.created",
        string? data = "{}",
        string? id = null,
        string? timestamp = null,
        string? traceParent = null,
        string? deliverAt = null,
        string? orderingKey = null,
        NpgsqlConnection? on = null)
    {
        const string Sql = """
            SELECT publish_webhook_event(
                org_id => $1, event => $2, data => $3::jsonb, id => $4, "timestamp" => $5::timestamptz, traceparent => $6,
                deliver_at => $7::timestamptz, ordering_key => $8)
            """;
        await using var own = on is null ? await Database.OpenConnectionAsync(Cancel) : null;
        await using var command = new NpgsqlCommand(Sql, on ?? own);
        command.Parameters.Add(new NpgsqlParameter { Value = org is { } named ? named : DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
        foreach (var text in new[] { type, data, id, timestamp, traceParent, deliverAt, orderingKey })
        {
            command.Parameters.Add(new NpgsqlParameter { Value = text ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        }

        return (Guid)(await command.ExecuteScalarAsync(Cancel))!;
    }

    /// <summary>Fans out what is there, as a process of its own would.</summary>
    protected Task FanOutAsync(ILogger<InboxPublisher>? log = null, IDeliveryDispatch? dispatch = null) =>
        new InboxPublisher(
            Inbox,
            Publisher,
            new KnownEventTypes(Database, TimeProvider.System),
            new PublishLimits(Database, TimeProvider.System),
            new PendingDeliveries(Database),
            dispatch ?? new ClaimedByEngine(),
            log ?? NullLogger<InboxPublisher>.Instance).RunAsync(Cancel);

    protected Task<long> CountAsync(string from) => QueryAsync<long>($"SELECT count(*) FROM {from}");
}
