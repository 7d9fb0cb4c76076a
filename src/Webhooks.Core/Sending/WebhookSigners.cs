using Webhooks.Core.Secrets;

namespace Webhooks.Core.Sending;

/// <summary>
/// Gives the signers of webhooks. Those that were used of late are kept, so that a busy webhook's secret is not decrypted at every attempt.
/// </summary>
/// <remarks>
/// A signer that is kept is never older than what the caller read from the database, and never outlives its key: it is given for exactly
/// the stored text that it was made from, which every change of the secret changes, and only while the key ring has the very key that
/// decrypted it.
/// </remarks>
public sealed class WebhookSigners(SecretProtector secrets, TimeProvider clock) : IDisposable
{
    private const int MostKept = 4096;

    /// <summary>A signer that is not used is dropped after this time, at the latest after twice as long.</summary>
    internal static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private readonly RecentlyUsed<Guid, Kept> _recent = new(MostKept, Lifetime, clock);

    /// <summary>The signer of a webhook.</summary>
    /// <param name="webhookId">The webhook.</param>
    /// <param name="encryptedSecret">Its secret as stored.</param>
    /// <exception cref="SecretUnavailableException">The secret cannot be decrypted now.</exception>
    public async ValueTask<WebhookSigner> GetAsync(Guid webhookId, string encryptedSecret, CancellationToken cancellationToken)
    {
        if (_recent.Find(webhookId) is { } kept
            && kept.EncryptedSecret == encryptedSecret
            && await secrets.HasKeyAsync(kept.Key, cancellationToken))
        {
            return kept.Signer;
        }

        var (secret, key) = await secrets.DecryptAsync(webhookId, encryptedSecret, cancellationToken);
        var signer = new WebhookSigner(secret);
        _recent.Add(webhookId, new Kept(encryptedSecret, key, signer));
        return signer;
    }

    public void Dispose() => _recent.Dispose();

    private sealed record Kept(string EncryptedSecret, EncryptionKey Key, WebhookSigner Signer);
}
