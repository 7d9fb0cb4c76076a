using System.Data;
using System.Data.Common;
using System.Text.Json;

namespace Webhooks.Client.Publishing;

/// <summary>
/// A publisher of events that publishes them in a transaction on the platform's own PostgreSQL database: they are accepted if and only if
/// it commits, together with what else it changes.
/// </summary>
/// <remarks>
/// <code>
/// await using var transaction = await connection.BeginTransactionAsync();
/// // … what happened is stored …
/// await publisher.PublishAsync(transaction, orgId, "user.created", new { UserId = user.Id, user.Email });
/// await transaction.CommitAsync();
/// </code>
/// It takes the transaction of any connection, Npgsql's for one; in Entity Framework Core,
/// <c>context.Database.CurrentTransaction.GetDbTransaction()</c> is it. The connection's role has to be a member of
/// <c>webhooks_publisher</c>. What cannot be accepted ends the transaction with a <see cref="DbException"/>, whose
/// <see cref="DbException.SqlState"/> is WH001 (the id is that of another event), WH003 (the organization was erased) or WH004 (a field
/// cannot be used). One object can be shared by all threads.
/// </remarks>
public sealed class TransactionPublisher
{
    private const string Sql = """
        SELECT publish_webhook_event(
            org_id => @org_id, event => @event, data => CAST(@data AS jsonb), id => @id, "timestamp" => CAST(@timestamp AS timestamptz),
            traceparent => CAST(@traceparent AS text), deliver_at => CAST(@deliver_at AS timestamptz),
            ordering_key => CAST(@ordering_key AS text))
        """;

    /// <summary>The options that the data of events is serialized with; by default, property names are in snake_case.</summary>
    public JsonSerializerOptions DataOptions { get; init; } = EventJson.DataOptions;

    /// <summary>Publishes an event.</summary>
    /// <param name="transaction">A transaction that has not ended.</param>
    /// <param name="orgId">The organization whose webhooks get it.</param>
    /// <param name="type">The event type, as in <c>user.created</c>.</param>
    /// <param name="data">What happened; it must serialize to a JSON object.</param>
    /// <returns>The event's id, which receivers see as <c>webhook-id</c>.</returns>
    /// <exception cref="DbException">It was refused, or the database failed.</exception>
    public Task<Guid> PublishAsync(
        DbTransaction transaction, Guid orgId, string type, object data, CancellationToken cancellationToken = default) =>
        PublishAsync(transaction, new WebhookEvent(orgId, type, data), cancellationToken);

    /// <summary>Publishes an event. It is safe to publish the same one again, in this transaction or another.</summary>
    /// <param name="transaction">A transaction that has not ended.</param>
    /// <returns>The event's id, which receivers see as <c>webhook-id</c>.</returns>
    /// <exception cref="DbException">It was refused, or the database failed.</exception>
    public async Task<Guid> PublishAsync(
        DbTransaction transaction, WebhookEvent webhookEvent, CancellationToken cancellationToken = default)
    {
        var connection = transaction.Connection ?? throw new InvalidOperationException("The transaction has ended.");
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = Sql;
        Add("org_id", DbType.Guid, webhookEvent.OrgId);
        Add("event", DbType.String, webhookEvent.Type);
        Add("data", DbType.String, EventJson.Data(webhookEvent, DataOptions).GetRawText());
        Add("id", DbType.String, webhookEvent.Id);
        Add("timestamp", DbType.DateTimeOffset, webhookEvent.Timestamp?.ToUniversalTime());
        Add("traceparent", DbType.String, EventJson.CurrentTraceParent);
        Add("deliver_at", DbType.DateTimeOffset, webhookEvent.DeliverAt?.ToUniversalTime());
        Add("ordering_key", DbType.String, webhookEvent.OrderingKey);
        return (Guid)(await command.ExecuteScalarAsync(cancellationToken))!;

        void Add(string name, DbType type, object? value)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.DbType = type;
            parameter.Value = value ?? DBNull.Value;
            command.Parameters.Add(parameter);
        }
    }
}
