using Npgsql;
using NpgsqlTypes;
using Webhooks.Core.Postgres;

namespace Webhooks.Core.Audit;

/// <summary>
/// The changes that were made, by whom and when. Entries are written in the transactions of the changes: by triggers, and by the statements
/// that change what no trigger watches. They cannot be changed.
/// </summary>
public sealed class AuditLog(NpgsqlDataSource database)
{
    /// <summary>A page of an organization's entries, newest first.</summary>
    /// <param name="after">The last id of the page before, or null for the first.</param>
    public async Task<Page<AuditEntry>> ListAsync(
        Guid orgId, AuditFilter filter, int limit, Guid? after, CancellationToken cancellationToken)
    {
        // Ids are of the time, so the bounds of one are bounds of the other; to the millisecond, which is why both are asked for.
        const string Sql = """
            SELECT * FROM audit_entries
            WHERE org_id = @org_id
              AND (@after IS NULL OR id < @after)
              AND (@webhook_id IS NULL OR webhook_id = @webhook_id)
              AND (@actor IS NULL OR actor_id = @actor OR (@actor = 'system' AND actor_kind = 'system'))
              AND (@action IS NULL OR action = @action)
              AND (@from IS NULL OR (id >= @least AND at >= @from))
              AND (@to IS NULL OR (id <= @greatest AND at < @to))
            ORDER BY id DESC
            LIMIT @limit
            """;
        await using var command = database.CreateCommand(Sql);
        command.Parameters.AddWithValue("org_id", orgId);
        command.Parameters.Add(NullableParameter.Create("after", NpgsqlDbType.Uuid, after));
        command.Parameters.Add(NullableParameter.Create("webhook_id", NpgsqlDbType.Uuid, filter.WebhookId));
        command.Parameters.Add(NullableParameter.Create("actor", NpgsqlDbType.Text, filter.Actor));
        command.Parameters.Add(NullableParameter.Create("action", NpgsqlDbType.Text, filter.Action));
        command.Parameters.Add(NullableParameter.Create("from", NpgsqlDbType.TimestampTz, filter.From));
        command.Parameters.Add(NullableParameter.Create("to", NpgsqlDbType.TimestampTz, filter.To));
        command.Parameters.Add(NullableParameter.Create(
            "least", NpgsqlDbType.Uuid, filter.From is { } from ? UuidV7.LowerBound(from) : null));
        command.Parameters.Add(NullableParameter.Create(
            "greatest", NpgsqlDbType.Uuid, filter.To is { } to ? UuidV7.SameTime(UuidV7.LowerBound(to)).Greatest : null));
        command.Parameters.AddWithValue("limit", limit + 1L);

        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return Page<AuditEntry>.Of(await reader.ReadRowsAsync(Read, cancellationToken), limit, entry => entry.Id);
    }

    private static AuditEntry Read(NpgsqlDataReader reader) => new(
        Id: reader.Value<Guid>("id"),
        At: reader.Value<DateTimeOffset>("at"),
        ActorKind: reader.Value<string>("actor_kind"),
        ActorId: reader.Value<string?>("actor_id"),
        Address: reader.Value<string?>("address"),
        RequestId: reader.Value<string?>("request_id"),
        Action: reader.Value<string>("action"),
        ResourceKind: reader.Value<string>("resource_kind"),
        ResourceId: reader.Value<string>("resource_id"),
        WebhookId: reader.Value<Guid?>("webhook_id"),
        Changes: reader.Value<string>("changes"));
}
