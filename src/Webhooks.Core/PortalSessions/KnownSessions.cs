using Npgsql;
using NpgsqlTypes;
using Webhooks.Core.Credentials;

namespace Webhooks.Core.PortalSessions;

/// <summary>The sessions of the portal that are in use.</summary>
public sealed class KnownSessions(NpgsqlDataSource database, TimeProvider clock) : KnownCredentials<KnownSession>(clock)
{
    protected override async Task<KnownSession?> QueryAsync(Guid id)
    {
        const string Sql = """
            SELECT org_id, webhook_id, read_only, hash, expires_at FROM portal_sessions WHERE id = $1 AND revoked_at IS NULL
            """;
        await using var command = database.CreateCommand(Sql);
        command.Parameters.Add(new NpgsqlParameter { Value = id, NpgsqlDbType = NpgsqlDbType.Uuid });
        await using var reader = await command.ExecuteReaderAsync(CancellationToken.None);
        return await reader.ReadAsync(CancellationToken.None)
            ? new KnownSession(
                id,
                OrgId: reader.GetGuid(0),
                WebhookId: reader.GetFieldValue<Guid?>(1),
                ReadOnly: reader.GetBoolean(2),
                Hash: reader.GetFieldValue<byte[]>(3),
                ExpiresAt: reader.GetFieldValue<DateTimeOffset>(4))
            : null;
    }
}
