using System.Security.Cryptography;

namespace Webhooks.Core.ApiKeys;

/// <summary>What is needed of a key to judge a request that has it.</summary>
/// <param name="Id">The key's id.</param>
/// <param name="OrgId">The organization that it belongs to.</param>
/// <param name="Scopes">What it allows.</param>
/// <param name="Hash">What is stored of it.</param>
/// <param name="ExpiresAt">From when on it is no longer accepted, UTC; null for never.</param>
public sealed record KnownKey(Guid Id, Guid OrgId, IReadOnlyList<string> Scopes, byte[] Hash, DateTimeOffset? ExpiresAt)
{
    private bool _used;

    /// <summary>Whether a text is this key. How long that takes says nothing of how much of it is right.</summary>
    public bool Is(string text) => CryptographicOperations.FixedTimeEquals(ApiKeyText.Hash(text), Hash);

    /// <summary>Whether this is the first use since it was read. Several at once may each be told so.</summary>
    internal bool IsFirstUse() => !_used && (_used = true);
}
