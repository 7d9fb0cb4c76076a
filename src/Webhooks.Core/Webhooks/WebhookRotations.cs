using Npgsql;
using NpgsqlTypes;
using Webhooks.Core.Audit;
using Webhooks.Core.Idempotency;
using Webhooks.Core.Postgres;
using Webhooks.Core.Secrets;

namespace Webhooks.Core.Webhooks;

/// <summary>
/// The rotation of webhooks' secrets: a new one, for a while beside the old one, which receivers still know. Every statement is bound to
/// the organization, and times are the database's.
/// </summary>
/// <remarks>
/// Whoever claims a delivery reads with it which secrets sign, so that a change holds for every attempt that is claimed after it.
/// </remarks>
public sealed class WebhookRotations(NpgsqlDataSource database, SecretProtector secrets)
{
    /// <summary>
    /// Gives a webhook a new secret. A request that has the key of the latest rotation is answered from the row, as long as the key is
    /// known: no answer is stored, since it would hold a secret.
    /// </summary>
    /// <returns>Null when the organization has no such webhook.</returns>
    /// <exception cref="SecretUnavailableException">There is no key to encrypt or decrypt with; nothing was changed.</exception>
    public async Task<SecretRotation?> RotateAsync(
        Guid orgId, Guid webhookId, NewRotation rotation, CancellationToken cancellationToken)
    {
        // The row as it is once nobody else changes it: of two requests at once, the second is judged by what the first has left.
        const string Sql = """
            WITH known AS (
                SELECT id, secret, previous_secret_expires_at,
                       coalesce(rotation_key = @key AND rotated_at > now() - @key_lifetime, false) AS repeated,
                       coalesce(rotation_request = @request, false) AS same,
                       coalesce(previous_secret_expires_at > now(), false) AS overlapping
                FROM webhooks WHERE id = @id AND org_id = @org_id AND deleted_at IS NULL
                FOR NO KEY UPDATE
            ), rotated AS (
                UPDATE webhooks SET
                    secret = @secret,
                    secret_hint = @hint,
                    previous_secret = CASE WHEN @overlap > interval '0' THEN known.secret END,
                    previous_secret_expires_at = CASE WHEN @overlap > interval '0' THEN now() + @overlap END,
                    secret_promoted = false,
                    rotated_at = now(),
                    rotation_key = @key,
                    rotation_request = CASE WHEN @key IS NOT NULL THEN @request END,
                    updated_at = now()
                FROM known
                WHERE webhooks.id = known.id AND NOT known.repeated AND (@force OR NOT known.overlapping)
                RETURNING webhooks.id, webhooks.previous_secret_expires_at
            )
            SELECT known.secret, known.repeated, known.same,
                   CASE WHEN known.overlapping THEN known.previous_secret_expires_at END AS overlaps_until,
                   rotated.id IS NOT NULL AS rotated, rotated.previous_secret_expires_at AS rotated_until
            FROM known LEFT JOIN rotated ON rotated.id = known.id
            """;
        var secret = WebhookSecret.Generate();
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new(Sql)
        {
            Parameters =
            {
                new("id", webhookId),
                new("org_id", orgId),
                new("secret", await secrets.ProtectAsync(webhookId, secret, cancellationToken)),
                new("hint", WebhookSecret.Hint(secret)),
                new("overlap", rotation.Overlap),
                new("force", rotation.Force),
                NullableParameter.Create("key", NpgsqlDbType.Text, rotation.Key),
                new("key_lifetime", RequestKey.Lifetime),
                new("request", rotation.Fingerprint),
            },
        });
        await using var reader = await batch.ExecuteAuditedAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? await ReadAsync(reader, webhookId, secret, cancellationToken) : null;
    }

    /// <summary>Makes the header that has one signature with the new secret from now on, though the overlap runs.</summary>
    public async Task<SecretPromotion> PromoteAsync(Guid orgId, Guid webhookId, CancellationToken cancellationToken)
    {
        const string Sql = """
            WITH known AS (
                SELECT id, secret_promoted, coalesce(previous_secret_expires_at > now(), false) AS overlapping
                FROM webhooks WHERE id = @id AND org_id = @org_id AND deleted_at IS NULL
                FOR NO KEY UPDATE
            ), promoted AS (
                UPDATE webhooks SET secret_promoted = true, updated_at = now()
                FROM known WHERE webhooks.id = known.id AND known.overlapping AND NOT known.secret_promoted
            )
            SELECT overlapping FROM known
            """;
        return await AskAsync(Sql, orgId, webhookId, cancellationToken) switch
        {
            true => SecretPromotion.Promoted,
            false => SecretPromotion.NoOverlap,
            null => SecretPromotion.NoWebhook,
        };
    }

    /// <summary>Erases the old secret, if there still is one: from now on the new one signs alone.</summary>
    /// <returns>False when the organization has no such webhook.</returns>
    public async Task<bool> EndOverlapAsync(Guid orgId, Guid webhookId, CancellationToken cancellationToken)
    {
        const string Sql = """
            WITH known AS (
                SELECT id FROM webhooks WHERE id = @id AND org_id = @org_id AND deleted_at IS NULL FOR NO KEY UPDATE
            ), ended AS (
                UPDATE webhooks SET previous_secret = NULL, previous_secret_expires_at = NULL, updated_at = now()
                FROM known WHERE webhooks.id = known.id AND webhooks.previous_secret IS NOT NULL
            )
            SELECT true FROM known
            """;
        return await AskAsync(Sql, orgId, webhookId, cancellationToken) is true;
    }

    /// <returns>What the statement says of the webhook; null when the organization has no such webhook.</returns>
    private async Task<bool?> AskAsync(string sql, Guid orgId, Guid webhookId, CancellationToken cancellationToken)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new(sql) { Parameters = { new("id", webhookId), new("org_id", orgId) } });
        await using var reader = await batch.ExecuteAuditedAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? reader.GetBoolean(0) : null;
    }

    private async Task<SecretRotation> ReadAsync(
        NpgsqlDataReader reader, Guid webhookId, string newSecret, CancellationToken cancellationToken)
    {
        if (reader.Value<bool>("rotated"))
        {
            return new SecretRotation.Rotated(newSecret, reader.Value<DateTimeOffset?>("rotated_until"));
        }

        var overlapsUntil = reader.Value<DateTimeOffset?>("overlaps_until");
        if (!reader.Value<bool>("repeated"))
        {
            return new SecretRotation.OverlapRuns(overlapsUntil!.Value);
        }

        if (!reader.Value<bool>("same"))
        {
            return new SecretRotation.KeyReused();
        }

        var stored = reader.Value<string>("secret");
        return new SecretRotation.Rotated(await secrets.UnprotectAsync(webhookId, stored, cancellationToken), overlapsUntil);
    }
}
