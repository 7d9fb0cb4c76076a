using Webhooks.Core.Credentials;

namespace Webhooks.Core.ApiKeys;

/// <summary>What is needed of an API key to judge a request that has it.</summary>
/// <param name="Scopes">What it allows.</param>
/// <inheritdoc/>
public sealed record KnownKey(Guid Id, Guid OrgId, IReadOnlyList<string> Scopes, byte[] Hash, DateTimeOffset? ExpiresAt)
    : KnownCredential(Id, OrgId, Hash, ExpiresAt)
{
    private bool _used;

    /// <summary>Whether this is the first use since it was read. Several at once may each be told so.</summary>
    internal bool IsFirstUse() => !_used && (_used = true);
}
