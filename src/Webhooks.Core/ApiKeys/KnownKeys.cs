using System.Collections.Concurrent;
using Npgsql;
using NpgsqlTypes;

namespace Webhooks.Core.ApiKeys;

/// <summary>
/// The keys that are in use, each read from the database at most once a second, however many requests have it; so a key that is revoked is
/// refused a second later, by every process.
/// </summary>
public sealed class KnownKeys(NpgsqlDataSource database, KeyUses uses, TimeProvider clock) : IDisposable
{
    /// <summary>How old what is known of a key may be.</summary>
    public static readonly TimeSpan Validity = TimeSpan.FromSeconds(1);

    /// <summary>Keys of one generation. Ids that are no key's are not kept, so inventing them pushes out nobody's.</summary>
    private const int Capacity = 4096;

    private readonly RecentlyUsed<Guid, Reading> _recent = new(Capacity, TimeSpan.FromMinutes(1), clock);
    private readonly ConcurrentDictionary<Guid, Lazy<Task<KnownKey?>>> _underWay = new();
    private int _revocations;

    /// <summary>What is known of a key without asking the database; null when that has to be asked.</summary>
    public KnownKey? Recall(Guid id) => Fresh(id)?.Key;

    /// <summary>Whether a key was found of late, be it that it has been revoked since.</summary>
    public bool WasFound(Guid id) => _recent.Find(id) is not null;

    /// <summary>A key; null when there is none with this id.</summary>
    public async ValueTask<KnownKey?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        Fresh(id) is { } reading
            ? reading.Key
            : await _underWay.GetOrAdd(id, id => new Lazy<Task<KnownKey?>>(() => ReadAsync(id))).Value.WaitAsync(cancellationToken);

    /// <summary>Notes that a request had the key.</summary>
    public void Used(KnownKey key)
    {
        if (key.IsFirstUse())
        {
            uses.Add(key.Id, clock.GetUtcNow());
        }
    }

    /// <summary>Has every key read again before it is accepted: one was revoked.</summary>
    public void Forget() => Interlocked.Increment(ref _revocations);

    public void Dispose() => _recent.Dispose();

    /// <summary>Reads a key for all who wait for it; none of them can cancel it for the others.</summary>
    private async Task<KnownKey?> ReadAsync(Guid id)
    {
        try
        {
            // Somebody may have read it between the caller's look and this.
            if (Fresh(id) is { } other)
            {
                return other.Key;
            }

            // As of before the question: an answer may be older than a revocation that comes meanwhile.
            var (revocations, began) = (Volatile.Read(ref _revocations), clock.GetTimestamp());
            var key = await QueryAsync(id);
            if (key is not null || WasFound(id))
            {
                _recent.Add(id, new Reading(key, began, revocations));
            }

            return key;
        }
        finally
        {
            _underWay.TryRemove(id, out _);
        }
    }

    /// <summary>What was read of a key within the last second; null when that was nothing.</summary>
    private Reading? Fresh(Guid id) =>
        _recent.Find(id) is { } reading
        && reading.Revocations == Volatile.Read(ref _revocations)
        && clock.GetElapsedTime(reading.Began) < Validity
            ? reading
            : null;

    private async Task<KnownKey?> QueryAsync(Guid id)
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

    /// <param name="Key">The key; null when it was there before, and is no longer.</param>
    /// <param name="Began">When it was asked for.</param>
    /// <param name="Revocations">How many revocations of this process were before that.</param>
    private sealed record Reading(KnownKey? Key, long Began, int Revocations);
}
