using Npgsql;

namespace Webhooks.Core.Secrets;

/// <summary>
/// The move of webhooks' secrets to the newest key, after which older keys can be disabled. Safe to run at any
/// time, again, and several times at once.
/// </summary>
public sealed class SecretReencryption(NpgsqlDataSource database, SecretProtector protector)
{
    private const int BatchSize = 500;

    /// <summary>Walks all webhooks. What changes meanwhile is left alone: whoever changed it used the newest key already.</summary>
    /// <exception cref="SecretUnavailableException">There is no key to encrypt with.</exception>
    public async Task<ReencryptionReport> RunAsync(CancellationToken cancellationToken)
    {
        var newest = await protector.NewestPrefixAsync(cancellationToken);
        var unreadable = new List<Guid>();
        var reencrypted = 0;
        var last = Guid.Empty;
        while (await ReadBatchAsync(last, newest, cancellationToken) is { Count: > 0 } batch)
        {
            last = batch[^1].WebhookId;
            reencrypted += await ReencryptAsync(batch, unreadable, cancellationToken);
        }

        return new ReencryptionReport(reencrypted, unreadable);
    }

    private async Task<IReadOnlyList<StoredSecret>> ReadBatchAsync(Guid after, string newest, CancellationToken cancellationToken)
    {
        const string Sql = """
            SELECT id, secret FROM webhooks
            WHERE id > $1 AND secret IS NOT NULL AND NOT starts_with(secret, $2)
            ORDER BY id
            LIMIT $3
            """;

        await using var command = database.CreateCommand(Sql);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = after });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = newest });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = BatchSize });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var batch = new List<StoredSecret>();
        while (await reader.ReadAsync(cancellationToken))
        {
            batch.Add(new StoredSecret(reader.GetGuid(0), reader.GetString(1)));
        }

        return batch;
    }

    private async Task<int> ReencryptAsync(IReadOnlyList<StoredSecret> batch, List<Guid> unreadable, CancellationToken cancellationToken)
    {
        var olds = new List<StoredSecret>();
        var news = new List<string>();
        foreach (var old in batch)
        {
            if (await TryUnprotectAsync(old, cancellationToken) is { } secret)
            {
                olds.Add(old);
                news.Add(await protector.ProtectAsync(old.WebhookId, secret, cancellationToken));
            }
            else
            {
                unreadable.Add(old.WebhookId);
            }
        }

        return await ReplaceAsync(olds, news, cancellationToken);
    }

    private async Task<string?> TryUnprotectAsync(StoredSecret stored, CancellationToken cancellationToken)
    {
        try
        {
            return await protector.UnprotectAsync(stored.WebhookId, stored.Text, cancellationToken);
        }
        catch (SecretUnavailableException)
        {
            return null;
        }
    }

    private async Task<int> ReplaceAsync(IReadOnlyList<StoredSecret> olds, IReadOnlyList<string> news, CancellationToken cancellationToken)
    {
        const string Sql = """
            UPDATE webhooks SET secret = change.new
            FROM unnest($1, $2, $3) AS change (id, old, new)
            WHERE webhooks.id = change.id AND webhooks.secret = change.old
            """;

        await using var command = database.CreateCommand(Sql);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. olds.Select(old => old.WebhookId)] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. olds.Select(old => old.Text)] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. news] });
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private readonly record struct StoredSecret(Guid WebhookId, string Text);
}
