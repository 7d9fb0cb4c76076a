using Npgsql;
using NpgsqlTypes;
using Webhooks.Core.Audit;
using Webhooks.Core.Credentials;
using Webhooks.Core.Idempotency;
using Webhooks.Core.Organizations;
using Webhooks.Core.Postgres;

namespace Webhooks.Core.ApiKeys;

/// <summary>The keys of organizations. Every statement is bound to the organization; what is given to it has been validated.</summary>
public sealed class ApiKeyStore(NpgsqlDataSource database, KeyedRequests requests, KnownKeys known, WebhooksOptions options)
{
    private const string Columns = "id, org_id, name, scopes, made_by, created_at, expires_at, last_used_at";

    /// <summary>Makes a key, once for an Idempotency-Key. A repeat is not told the key again: it is stored nowhere.</summary>
    public async Task<ApiKeyCreation> CreateAsync(
        Guid orgId, NewApiKey wanted, RequestKey? requestKey, CancellationToken cancellationToken)
    {
        var id = Guid.CreateVersion7();
        var text = CredentialText.ApiKey.Generate(id);
        KeyedOutcome<ApiKey?> outcome;
        try
        {
            outcome = await requests.MakeAsync(
                orgId,
                requestKey,
                id,
                (connection, cancel) => InsertAsync(connection, orgId, id, wanted, CredentialText.Hash(text), cancel),
                made => made is not null,
                cancellationToken);
        }
        catch (PostgresException missing) when (missing.SqlState == PostgresErrorCodes.ForeignKeyViolation)
        {
            return new ApiKeyCreation.MakerRevoked();
        }

        return outcome switch
        {
            KeyedOutcome<ApiKey?>.First({ } made) => new ApiKeyCreation.Made(made, text),
            KeyedOutcome<ApiKey?>.First => new ApiKeyCreation.TooMany(),
            KeyedOutcome<ApiKey?>.Repeat(var before) => await FindAsync(orgId, before, cancellationToken) is null
                ? new ApiKeyCreation.MadeAndRevoked()
                : new ApiKeyCreation.MadeBefore(before),
            _ => new ApiKeyCreation.RequestKeyReused(),
        };
    }

    /// <summary>A page of an organization's keys, newest first; those that have expired are among them.</summary>
    /// <param name="after">The last id of the page before, or null for the first.</param>
    public async Task<Page<ApiKey>> ListAsync(Guid orgId, int limit, Guid? after, CancellationToken cancellationToken)
    {
        await using var command = CredentialList.Create(database, $"SELECT {Columns} FROM api_keys", orgId, limit, after);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return Page<ApiKey>.Of(await reader.ReadRowsAsync(Read, cancellationToken), limit, key => key.Id);
    }

    /// <summary>One key; null when the organization has no such key.</summary>
    public async Task<ApiKey?> FindAsync(Guid orgId, Guid keyId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"SELECT {Columns} FROM api_keys WHERE id = @id AND org_id = @org_id");
        command.Parameters.AddWithValue("id", keyId);
        command.Parameters.AddWithValue("org_id", orgId);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? Read(reader) : null;
    }

    /// <summary>Revokes a key, and those that were made with it. This process knows at once, every other within a second.</summary>
    /// <returns>False when the organization has no such key.</returns>
    public async Task<bool> RevokeAsync(Guid orgId, Guid keyId, CancellationToken cancellationToken)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new("DELETE FROM api_keys WHERE id = @id AND org_id = @org_id RETURNING id")
        {
            Parameters = { new("id", keyId), new("org_id", orgId) },
        });
        await using var reader = await batch.ExecuteAuditedAsync(cancellationToken);
        var revoked = await reader.ReadAsync(cancellationToken);
        known.Forget();
        return revoked;
    }

    /// <returns>Null when the organization has as many keys as it may have.</returns>
    private async Task<ApiKey?> InsertAsync(
        NpgsqlConnection connection, Guid orgId, Guid id, NewApiKey key, byte[] hash, CancellationToken cancellationToken)
    {
        const string Insert = $"""
            INSERT INTO api_keys (id, org_id, name, scopes, hash, made_by, expires_at)
            SELECT @id, @org_id, @name, @scopes, @hash, @made_by,
                   least(@expires_at, (SELECT expires_at FROM api_keys WHERE id = @made_by))
            WHERE (SELECT count(*) FROM api_keys WHERE org_id = @org_id) < @most
            RETURNING {Columns}
            """;
        await using var batch = new NpgsqlBatch(connection);
        OrganizationRow.Lock(batch, orgId);
        batch.BatchCommands.Add(new(Insert)
        {
            Parameters =
            {
                new("id", id),
                new("org_id", orgId),
                new("name", key.Name),
                new("scopes", key.Scopes.ToArray()),
                new("hash", hash),
                NullableParameter.Create("made_by", NpgsqlDbType.Uuid, key.MadeBy),
                NullableParameter.Create("expires_at", NpgsqlDbType.TimestampTz, key.ExpiresAt),
                new("most", options.Limits.ApiKeysPerOrganization),
            },
        });
        await using var reader = await batch.ExecuteAuditedAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? Read(reader) : null;
    }

    private static ApiKey Read(NpgsqlDataReader reader) => new(
        Id: reader.Value<Guid>("id"),
        OrgId: reader.Value<Guid>("org_id"),
        Name: reader.Value<string>("name"),
        Scopes: reader.Value<string[]>("scopes"),
        MadeBy: reader.Value<Guid?>("made_by"),
        CreatedAt: reader.Value<DateTimeOffset>("created_at"),
        ExpiresAt: reader.Value<DateTimeOffset?>("expires_at"),
        LastUsedAt: reader.Value<DateTimeOffset?>("last_used_at"));
}
