using Webhooks.Core.Secrets;
using Webhooks.Core.Webhooks;

namespace Webhooks.Core.Sending;

/// <summary>
/// The headers of webhooks that have some. Those that were used of late are kept, under the conditions of <see cref="WebhookSigners"/>: for
/// exactly the stored text, and only while the key ring has the very key that decrypted it.
/// </summary>
public sealed class OwnHeaders(SecretProtector secrets, TimeProvider clock) : IDisposable
{
    private const int MostKept = 4096;

    private readonly RecentlyUsed<Guid, Kept> _recent = new(MostKept, WebhookSigners.Lifetime, clock);

    /// <summary>The headers of a webhook.</summary>
    /// <param name="webhookId">The webhook.</param>
    /// <param name="encrypted">Its headers as stored.</param>
    /// <exception cref="SecretUnavailableException">They cannot be decrypted now.</exception>
    public async ValueTask<IReadOnlyList<KeyValuePair<string, string>>> GetAsync(
        Guid webhookId, string encrypted, CancellationToken cancellationToken)
    {
        if (_recent.Find(webhookId) is { } kept
            && kept.Encrypted == encrypted
            && await secrets.HasKeyAsync(kept.Key, cancellationToken))
        {
            return kept.Headers;
        }

        var (text, key) = await secrets.DecryptAsync(ProtectedText.Headers, webhookId, encrypted, cancellationToken);
        var made = new Kept(encrypted, key, RequestHeaders.FromText(text));
        _recent.Add(webhookId, made);
        return made.Headers;
    }

    public void Dispose() => _recent.Dispose();

    private sealed record Kept(string Encrypted, EncryptionKey Key, IReadOnlyList<KeyValuePair<string, string>> Headers);
}
