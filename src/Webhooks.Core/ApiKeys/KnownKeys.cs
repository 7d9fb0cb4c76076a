using Npgsql;
using NpgsqlTypes;
using Webhooks.Core.Credentials;

namespace Webhooks.Core.ApiKeys;

/// <summary>The API keys that are in use.</summary>
public sealed class KnownKeys(NpgsqlDataSource database, KeyUses uses, TimeProvider clock) : KnownCredentials<KnownKey>(clock)
{
    private readonly TimeProvider _clock = clock;

    /// <summary>Notes that a request had the key.</summary>
    public void Used(KnownKey key)
    {
        if (key.IsFirstUse())
        {
            uses.Add(key.Id, _clock.GetUtcNow());
        }
    }

    protected override async Task<KnownKey?> QueryAsync(Guid id)
    {
        await using var command = database.CreateCommand("SELECT org_id, scopes, hash, expires_at FROM api_keys WHERE id = $1");
        command.Parameters.Add(new NpgsqlParameter { Value = id, NpgsqlDbType = NpgsqlDbType.Uuid });
        await using var reader = await command.ExecuteReaderAsync(CancellationToken.None);
        return await reader.ReadAsync(CancellationToken.None)
            ? new KnownKey(
                id,
                OrgId: reader.GetGuid(0),
                Scopes: reader.GetFieldValue<string[]>(1),
                Hash: reader.GetFieldValue<byte[]>(2),
                ExpiresAt: reader.GetFieldValue<DateTimeOffset?>(3))
            : null;
    }
}
