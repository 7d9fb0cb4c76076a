using Webhooks.Core.Secrets;

namespace Webhooks.Core.Sending;

/// <summary>
/// The signers of webhooks. Those that were used of late are kept, so that a busy webhook's secret is not decrypted at every attempt.
/// </summary>
/// <remarks>
/// A signer that is kept is never older than what the caller read from the database, and never outlives its keys: it is given for exactly
/// the stored texts that it was made from, which every change of the secret changes, and only while the key ring has the very keys that
/// decrypted them.
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
    /// <param name="previous">The secret that still signs beside it; null when none does.</param>
    /// <exception cref="SecretUnavailableException">A secret cannot be decrypted now.</exception>
    public async ValueTask<WebhookSigner> GetAsync(
        Guid webhookId, string encryptedSecret, PreviousSecret? previous, CancellationToken cancellationToken)
    {
        if (_recent.Find(webhookId) is { } kept
            && kept.EncryptedSecret == encryptedSecret
            && kept.Previous == previous
            && await secrets.HasKeyAsync(kept.Key, cancellationToken)
            && (kept.PreviousKey is null || await secrets.HasKeyAsync(kept.PreviousKey, cancellationToken)))
        {
            return kept.Signer;
        }

        var made = await MakeAsync(webhookId, encryptedSecret, previous, cancellationToken);
        _recent.Add(webhookId, made);
        return made.Signer;
    }

    public void Dispose() => _recent.Dispose();

    private async ValueTask<Kept> MakeAsync(
        Guid webhookId, string encryptedSecret, PreviousSecret? previous, CancellationToken cancellationToken)
    {
        var (secret, key) = await secrets.DecryptAsync(ProtectedText.Secret, webhookId, encryptedSecret, cancellationToken);
        if (previous is null)
        {
            return new Kept(encryptedSecret, key, Previous: null, PreviousKey: null, new WebhookSigner(secret));
        }

        var (old, oldKey) = await secrets.DecryptAsync(ProtectedText.Secret, webhookId, previous.Encrypted, cancellationToken);
        return new Kept(encryptedSecret, key, previous, oldKey, new WebhookSigner(secret, old, previous.Promoted));
    }

    private sealed record Kept(
        string EncryptedSecret, EncryptionKey Key, PreviousSecret? Previous, EncryptionKey? PreviousKey, WebhookSigner Signer);
}
