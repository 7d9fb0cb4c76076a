using System.Collections.Concurrent;
using Npgsql;
using Webhooks.Core.Postgres;

namespace Webhooks.Core.ApiKeys;

/// <summary>
/// When keys were last used: collected here, and stored every now and then by the host, so that no request writes for it. Of several
/// processes that store for one key, the latest use stays.
/// </summary>
public sealed class KeyUses(NpgsqlDataSource database)
{
    private ConcurrentDictionary<Guid, DateTimeOffset> _uses = new();

    /// <summary>Notes a use.</summary>
    public void Add(Guid keyId, DateTimeOffset at) => Volatile.Read(ref _uses)[keyId] = at;

    /// <summary>Stores what was collected since the last time. When that fails, it is stored the next time.</summary>
    public async Task StoreAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _uses).IsEmpty)
        {
            return;
        }

        var uses = Interlocked.Exchange(ref _uses, new ConcurrentDictionary<Guid, DateTimeOffset>());
        try
        {
            await ConflictRetry.RunAsync(cancel => StoreAsync(uses, cancel), cancellationToken);
        }
        catch
        {
            foreach (var (key, at) in uses)
            {
                Volatile.Read(ref _uses).TryAdd(key, at);
            }

            throw;
        }
    }

    private async Task<int> StoreAsync(ConcurrentDictionary<Guid, DateTimeOffset> uses, CancellationToken cancellationToken)
    {
        const string Sql = """
            UPDATE api_keys SET last_used_at = greatest(last_used_at, used.at)
            FROM unnest(@ids, @times) AS used (id, at)
            WHERE api_keys.id = used.id
            """;
        var ordered = uses.OrderBy(use => use.Key).ToArray();
        await using var command = database.CreateCommand(Sql);
        command.Parameters.AddWithValue("ids", Array.ConvertAll(ordered, use => use.Key));
        command.Parameters.AddWithValue("times", Array.ConvertAll(ordered, use => use.Value));
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
