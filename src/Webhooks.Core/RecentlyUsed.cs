using System.Collections.Concurrent;

namespace Webhooks.Core;

/// <summary>
/// A cache of what was used of late: a bounded number of values, each for a while after its last use. Many threads may use it.
/// </summary>
/// <remarks>
/// There are two generations. What is added, or found in the old one, is put into the young one; when that is full, and whenever a lifetime
/// has passed, it takes the place of the old one, which is dropped. So finding a value costs no bookkeeping, and one that is not used any
/// more is gone after two lifetimes, whether or not anything else happens.
/// </remarks>
public sealed class RecentlyUsed<TKey, TValue> : IDisposable
    where TKey : notnull
    where TValue : class
{
    private readonly int _capacity;
    private readonly ITimer _aging;
    private volatile Generations _generations = new(Young: [], Old: []);

    /// <param name="capacity">Values in one generation.</param>
    /// <param name="lifetime">The time after which a generation ages.</param>
    /// <param name="clock">Measures that time.</param>
    public RecentlyUsed(int capacity, TimeSpan lifetime, TimeProvider clock)
    {
        _capacity = capacity;
        _aging = clock.CreateTimer(_ => Age(_generations), state: null, lifetime, lifetime);
    }

    /// <summary>The number of values that are kept, at most twice the capacity; one that is in both generations counts twice.</summary>
    public int Count
    {
        get
        {
            var (young, old) = _generations;
            return young.Count + old.Count;
        }
    }

    /// <summary>The value that was added last for the key; null when there was none, or none of late.</summary>
    public TValue? Find(TKey key)
    {
        var (young, old) = _generations;
        if (young.TryGetValue(key, out var value))
        {
            return value;
        }

        if (old.TryGetValue(key, out value))
        {
            Add(key, value);
        }

        return value;
    }

    /// <summary>The value of the key, which is made where there is none. Of several who make it at once, all get the same.</summary>
    public TValue GetOrAdd(TKey key, Func<TKey, TValue> make)
    {
        if (Find(key) is { } known)
        {
            return known;
        }

        var generations = _generations;
        var value = generations.Young.GetOrAdd(key, make);
        if (generations.Young.Count >= _capacity)
        {
            Age(generations);
        }

        return value;
    }

    /// <summary>Keeps a value, in the place of the key's last.</summary>
    public void Add(TKey key, TValue value)
    {
        var generations = _generations;
        generations.Young[key] = value;
        if (generations.Young.Count >= _capacity)
        {
            Age(generations);
        }
    }

    public void Dispose() => _aging.Dispose();

    // Only one of those who find a generation full replaces it.
    private void Age(Generations seen) =>
        Interlocked.CompareExchange(ref _generations, new Generations(Young: [], Old: seen.Young), seen);

    private sealed record Generations(ConcurrentDictionary<TKey, TValue> Young, ConcurrentDictionary<TKey, TValue> Old);
}
