namespace Webhooks.Core.Idempotency;

/// <summary>What came of a request that may have a key.</summary>
public abstract record KeyedOutcome<T>
{
    private KeyedOutcome()
    {
    }

    /// <summary>The outcome of a request that is the first of its key, or has none.</summary>
    /// <param name="Value">What came of it; when that is that nothing was made, its key is not taken either.</param>
    public sealed record First(T Value) : KeyedOutcome<T>;

    /// <summary>An earlier request under the same key has made it; nothing was made now.</summary>
    /// <param name="Id">The id of what that one made, from which its answer can be built again.</param>
    public sealed record Repeat(Guid Id) : KeyedOutcome<T>;

    /// <summary>Nothing was made: the key is another request's.</summary>
    public sealed record KeyReused : KeyedOutcome<T>;
}
