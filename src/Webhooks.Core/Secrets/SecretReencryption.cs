using Npgsql;
using Webhooks.Core.Postgres;

namespace Webhooks.Core.Secrets;

/// <summary>
/// The move of webhooks' secrets and headers to the newest key, also of secrets that a rotation has replaced and that still sign; after it,
/// older keys can be disabled. Safe to run at any time, again, and several times at once.
/// </summary>
public sealed class SecretReencryption(NpgsqlDataSource database, SecretProtector protector)
{
    private const int BatchSize = 500;

    /// <summary>Walks all webhooks. What changes meanwhile is left alone: whoever changed it used the newest key already.</summary>
    /// <exception cref="SecretUnavailableException">There is no key to encrypt with.</exception>
    public async Task<ReencryptionReport> RunAsync(CancellationToken cancellationToken)
    {
        var newest = await protector.NewestPrefixAsync(cancellationToken);
        var unreadable = new HashSet<Guid>();

        // A rotation makes a secret the previous one without encrypting it anew, so those come last.
        var reencrypted = await WalkAsync(ProtectedText.Secret, previous: false, newest, unreadable, cancellationToken)
            + await WalkAsync(ProtectedText.Secret, previous: true, newest, unreadable, cancellationToken)
            + await WalkAsync(ProtectedText.Headers, previous: false, newest, unreadable, cancellationToken);
        return new ReencryptionReport(reencrypted, [.. unreadable]);
    }

    private async Task<int> WalkAsync(
        ProtectedText kind, bool previous, string newest, HashSet<Guid> unreadable, CancellationToken cancellationToken)
    {
        var reencrypted = 0;
        var last = Guid.Empty;
        while (await ReadBatchAsync(kind, previous, last, newest, cancellationToken) is { Count: > 0 } batch)
        {
            last = batch[^1].WebhookId;
            reencrypted += await ReencryptAsync(kind, batch, unreadable, cancellationToken);
        }

        return reencrypted;
    }

    private async Task<IReadOnlyList<StoredSecret>> ReadBatchAsync(
        ProtectedText kind, bool previous, Guid after, string newest, CancellationToken cancellationToken)
    {
        const string Sql = """
            SELECT id, stored
            FROM webhooks CROSS JOIN LATERAL (
                SELECT CASE WHEN $5 THEN headers WHEN $1 THEN previous_secret ELSE secret END AS stored)
            WHERE id > $2 AND stored IS NOT NULL AND NOT starts_with(stored, $3)
            ORDER BY id
            LIMIT $4
            """;

        await using var command = database.CreateCommand(Sql);
        command.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = previous });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = after });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = newest });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = BatchSize });
        command.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = kind == ProtectedText.Headers });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadRowsAsync(row => new StoredSecret(row.GetGuid(0), row.GetString(1)), cancellationToken);
    }

    private async Task<int> ReencryptAsync(
        ProtectedText kind, IReadOnlyList<StoredSecret> batch, HashSet<Guid> unreadable, CancellationToken cancellationToken)
    {
        var olds = new List<StoredSecret>();
        var news = new List<string>();
        foreach (var old in batch)
        {
            if (await TryUnprotectAsync(kind, old, cancellationToken) is { } secret)
            {
                olds.Add(old);
                news.Add(await protector.ProtectAsync(kind, old.WebhookId, secret, cancellationToken));
            }
            else
            {
                unreadable.Add(old.WebhookId);
            }
        }

        return await ReplaceAsync(olds, news, cancellationToken);
    }

    private async Task<string?> TryUnprotectAsync(ProtectedText kind, StoredSecret stored, CancellationToken cancellationToken)
    {
        try
        {
            return (await protector.DecryptAsync(kind, stored.WebhookId, stored.Text, cancellationToken)).Text;
        }
        catch (SecretUnavailableException)
        {
            return null;
        }
    }

    private async Task<int> ReplaceAsync(IReadOnlyList<StoredSecret> olds, IReadOnlyList<string> news, CancellationToken cancellationToken)
    {
        const string Sql = """
            UPDATE webhooks SET
                secret = CASE secret WHEN change.old THEN change.new ELSE secret END,
                previous_secret = CASE previous_secret WHEN change.old THEN change.new ELSE previous_secret END,
                headers = CASE headers WHEN change.old THEN change.new ELSE headers END
            FROM unnest($1, $2, $3) AS change (id, old, new)
            WHERE webhooks.id = change.id AND change.old IN (webhooks.secret, webhooks.previous_secret, webhooks.headers)
            """;

        await using var command = database.CreateCommand(Sql);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. olds.Select(old => old.WebhookId)] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. olds.Select(old => old.Text)] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. news] });
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private readonly record struct StoredSecret(Guid WebhookId, string Text);
}
