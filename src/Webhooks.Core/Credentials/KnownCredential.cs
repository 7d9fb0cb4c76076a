using System.Security.Cryptography;

namespace Webhooks.Core.Credentials;

/// <summary>What is needed of a credential to judge a request that has it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="OrgId">The organization that it belongs to.</param>
/// <param name="Hash">What is stored of it.</param>
/// <param name="ExpiresAt">From when on it is no longer accepted, UTC; null for never.</param>
public abstract record KnownCredential(Guid Id, Guid OrgId, byte[] Hash, DateTimeOffset? ExpiresAt)
{
    /// <summary>Whether a text is this credential. How long that takes says nothing of how much of it is right.</summary>
    public bool Is(string text) => CryptographicOperations.FixedTimeEquals(CredentialText.Hash(text), Hash);
}
