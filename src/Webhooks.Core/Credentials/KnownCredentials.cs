using System.Collections.Concurrent;

namespace Webhooks.Core.Credentials;

/// <summary>
/// The credentials of a kind that are in use, each read from the database at most once a second, however many requests have it; so one
/// that is revoked is refused a second later, by every process.
/// </summary>
public abstract class KnownCredentials<T>(TimeProvider clock) : IDisposable
    where T : KnownCredential
{
    /// <summary>How old what is known of one may be.</summary>
    public static readonly TimeSpan Validity = TimeSpan.FromSeconds(1);

    /// <summary>Credentials of one generation. Ids that are none's are not kept, so inventing them pushes out nobody's.</summary>
    private const int Capacity = 4096;

    private readonly RecentlyUsed<Guid, Reading> _recent = new(Capacity, TimeSpan.FromMinutes(1), clock);
    private readonly ConcurrentDictionary<Guid, Lazy<Task<T?>>> _underWay = new();
    private int _revocations;

    /// <summary>What is known of one without asking the database; null when that has to be asked.</summary>
    public T? Recall(Guid id) => Fresh(id)?.Credential;

    /// <summary>Whether one was found of late, be it that it has been revoked since.</summary>
    public bool WasFound(Guid id) => _recent.Find(id) is not null;

    /// <summary>One; null when there is none with this id.</summary>
    public async ValueTask<T?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        Fresh(id) is { } reading
            ? reading.Credential
            : await _underWay.GetOrAdd(id, id => new Lazy<Task<T?>>(() => ReadAsync(id))).Value.WaitAsync(cancellationToken);

    /// <summary>Has every one read again before it is accepted: one was revoked.</summary>
    public void Forget() => Interlocked.Increment(ref _revocations);

    public void Dispose()
    {
        _recent.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Asks the database for one; null when there is none with this id.</summary>
    protected abstract Task<T?> QueryAsync(Guid id);

    /// <summary>Reads one for all who wait for it; none of them can cancel it for the others.</summary>
    private async Task<T?> ReadAsync(Guid id)
    {
        try
        {
            // Somebody may have read it between the caller's look and this.
            if (Fresh(id) is { } other)
            {
                return other.Credential;
            }

            // As of before the question: an answer may be older than a revocation that comes meanwhile.
            var (revocations, began) = (Volatile.Read(ref _revocations), clock.GetTimestamp());
            var found = await QueryAsync(id);
            if (found is not null || WasFound(id))
            {
                _recent.Add(id, new Reading(found, began, revocations));
            }

            return found;
        }
        finally
        {
            _underWay.TryRemove(id, out _);
        }
    }

    /// <summary>What was read of one within the last second; null when that was nothing.</summary>
    private Reading? Fresh(Guid id) =>
        _recent.Find(id) is { } reading
        && reading.Revocations == Volatile.Read(ref _revocations)
        && clock.GetElapsedTime(reading.Began) < Validity
            ? reading
            : null;

    /// <param name="Credential">The credential; null when it was there before, and is no longer.</param>
    /// <param name="Began">When it was asked for.</param>
    /// <param name="Revocations">How many revocations of this process were before that.</param>
    private sealed record Reading(T? Credential, long Began, int Revocations);
}
