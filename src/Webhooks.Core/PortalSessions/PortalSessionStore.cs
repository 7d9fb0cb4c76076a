using Npgsql;
using NpgsqlTypes;
using Webhooks.Core.Audit;
using Webhooks.Core.Credentials;
using Webhooks.Core.Organizations;
using Webhooks.Core.Postgres;

namespace Webhooks.Core.PortalSessions;

/// <summary>
/// The portal's sessions. Every statement is bound to the organization, but for what a link's id alone tells; what is given to it has been
/// validated.
/// </summary>
public sealed class PortalSessionStore(NpgsqlDataSource database, KnownSessions known)
{
    /// <summary>Sessions that an organization may have at once, those that have ended not counted.</summary>
    public const int MostOfOrganization = 10_000;

    /// <summary>How long a session is listed after its end. Until then, its link says where to get another.</summary>
    public static readonly TimeSpan ListedFor = TimeSpan.FromDays(30);

    private const string Columns =
        "id, org_id, webhook_id, read_only, created_by_kind, created_by_id, created_at, expires_at, revoked_at";

    /// <summary>Makes a session.</summary>
    /// <exception cref="ErasedOrganizationException">The organization was erased.</exception>
    public async Task<PortalSessionCreation> CreateAsync(Guid orgId, NewPortalSession wanted, CancellationToken cancellationToken)
    {
        var id = Guid.CreateVersion7();
        var token = CredentialText.PortalSession.Generate(id);
        try
        {
            return await ErasedOrganizationException.TranslateAsync(() => InsertAsync(orgId, id, wanted, token, cancellationToken));
        }
        catch (PostgresException missing) when (missing.SqlState == PostgresErrorCodes.ForeignKeyViolation)
        {
            return missing.ConstraintName == "portal_sessions_made_by_fkey"
                ? new PortalSessionCreation.MakerRevoked()
                : new PortalSessionCreation.NoSuchWebhook();
        }
    }

    /// <summary>A page of an organization's sessions, newest first; those that have ended are among them for a while.</summary>
    /// <param name="after">The last id of the page before, or null for the first.</param>
    public async Task<Page<PortalSession>> ListAsync(Guid orgId, int limit, Guid? after, CancellationToken cancellationToken)
    {
        await using var command = CredentialList.Create(database, $"SELECT {Columns} FROM portal_sessions", orgId, limit, after);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return Page<PortalSession>.Of(await reader.ReadRowsAsync(Read, cancellationToken), limit, session => session.Id);
    }

    /// <summary>Revokes a session. This process knows at once, every other within a second.</summary>
    /// <returns>False when the organization has no such session.</returns>
    public async Task<bool> RevokeAsync(Guid orgId, Guid sessionId, CancellationToken cancellationToken)
    {
        const string Sql = """
            UPDATE portal_sessions SET revoked_at = coalesce(revoked_at, now()) WHERE id = @id AND org_id = @org_id RETURNING id
            """;
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new(Sql) { Parameters = { new("id", sessionId), new("org_id", orgId) } });
        await using var reader = await batch.ExecuteAuditedAsync(cancellationToken);
        var revoked = await reader.ReadAsync(cancellationToken);
        known.Forget();
        return revoked;
    }

    /// <summary>How the organization of a session shows the portal, also when the session has ended; null when there is none.</summary>
    public async Task<PortalEmbedding?> FindEmbeddingAsync(Guid sessionId, CancellationToken cancellationToken)
    {
        const string Sql = """
            SELECT frame_ancestors, refresh_url
            FROM portal_sessions JOIN organizations ON organizations.id = portal_sessions.org_id
            WHERE portal_sessions.id = @id
            """;
        await using var command = database.CreateCommand(Sql);
        command.Parameters.AddWithValue("id", sessionId);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new PortalEmbedding(reader.GetFieldValue<string[]>(0), reader.IsDBNull(1) ? null : reader.GetString(1))
            : null;
    }

    private async Task<PortalSessionCreation> InsertAsync(
        Guid orgId, Guid id, NewPortalSession session, string token, CancellationToken cancellationToken)
    {
        // Whoever makes sessions sweeps up after those of before, a few at a time.
        const string Forget = """
            DELETE FROM portal_sessions WHERE id = ANY (ARRAY (
                SELECT id FROM portal_sessions WHERE org_id = @org_id AND expires_at < now() - @listed_for ORDER BY expires_at LIMIT 100))
            """;
        const string Insert = $"""
            WITH asked AS MATERIALIZED (
                SELECT @webhook_id IS NULL OR EXISTS (
                           SELECT FROM webhooks WHERE id = @webhook_id AND org_id = @org_id AND deleted_at IS NULL) AS is_known,
                       (SELECT count(*) FROM portal_sessions
                        WHERE org_id = @org_id AND expires_at > now() AND revoked_at IS NULL) < @most AS has_room
            ), made AS (
                INSERT INTO portal_sessions (id, org_id, webhook_id, read_only, hash, made_by, expires_at)
                SELECT @id, @org_id, @webhook_id, @read_only, @hash, @made_by,
                       least(now() + @lifetime, (SELECT expires_at FROM api_keys WHERE id = @made_by))
                FROM asked WHERE is_known AND has_room
                RETURNING {Columns}
            )
            SELECT is_known, made.* FROM asked LEFT JOIN made ON true
            """;
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        OrganizationRow.Lock(batch, orgId);
        batch.BatchCommands.Add(new(Forget) { Parameters = { new("org_id", orgId), new("listed_for", ListedFor) } });
        batch.BatchCommands.Add(new(Insert)
        {
            Parameters =
            {
                new("id", id),
                new("org_id", orgId),
                NullableParameter.Create("webhook_id", NpgsqlDbType.Uuid, session.WebhookId),
                new("read_only", session.ReadOnly),
                new("hash", CredentialText.Hash(token)),
                NullableParameter.Create("made_by", NpgsqlDbType.Uuid, session.MadeBy),
                new("lifetime", session.Lifetime),
                new("most", (long)MostOfOrganization),
            },
        });
        await using var reader = await batch.ExecuteAuditedAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        if (!reader.IsDBNull(reader.GetOrdinal("id")))
        {
            return new PortalSessionCreation.Made(Read(reader), token);
        }

        return reader.GetBoolean(0) ? new PortalSessionCreation.TooMany() : new PortalSessionCreation.NoSuchWebhook();
    }

    private static PortalSession Read(NpgsqlDataReader reader) => new(
        Id: reader.Value<Guid>("id"),
        OrgId: reader.Value<Guid>("org_id"),
        WebhookId: reader.Value<Guid?>("webhook_id"),
        ReadOnly: reader.Value<bool>("read_only"),
        CreatedByKind: reader.Value<string>("created_by_kind"),
        CreatedById: reader.Value<string?>("created_by_id"),
        CreatedAt: reader.Value<DateTimeOffset>("created_at"),
        ExpiresAt: reader.Value<DateTimeOffset>("expires_at"),
        RevokedAt: reader.Value<DateTimeOffset?>("revoked_at"));
}
