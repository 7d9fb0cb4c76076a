using System.Security.Cryptography;
using System.Text;
using Webhooks.Core.Secrets;

namespace Webhooks.Core.Sending;

/// <summary>
/// Makes the two signatures of a webhook's requests: HMAC-SHA256, by the body alone and by the Standard Webhooks scheme. Many threads may
/// use it.
/// </summary>
public sealed class WebhookSigner
{
    private readonly KeyedHash _ofText;
    private readonly KeyedHash _ofKey;

    /// <param name="secret">The webhook's secret in clear: <c>whsec_</c> and base64.</param>
    /// <exception cref="FormatException">The text is not a secret.</exception>
    public WebhookSigner(string secret)
    {
        _ofText = new KeyedHash(Encoding.UTF8.GetBytes(secret));
        _ofKey = new KeyedHash(WebhookSecret.GetKey(secret));
    }

    /// <summary><c>X-Webhook-Signature</c>: lower-case hex over the body; the key is the secret's text as UTF-8, prefix and all.</summary>
    public string OfBody(ReadOnlySpan<byte> body)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        _ofText.Compute(prefix: [], body, hash);
        return Convert.ToHexStringLower(hash);
    }

    /// <summary>
    /// <c>webhook-signature</c>: <c>v1,</c> and base64 over <c>id.timestamp.body</c>; the key is what the secret's base64 stands for.
    /// </summary>
    /// <param name="id">The header <c>webhook-id</c>; ASCII.</param>
    /// <param name="timestamp">The header <c>webhook-timestamp</c>; ASCII.</param>
    /// <param name="body">The exact bytes that are sent.</param>
    public string Standard(string id, string timestamp, ReadOnlySpan<byte> body)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        _ofKey.Compute(Encoding.ASCII.GetBytes($"{id}.{timestamp}."), body, hash);
        return $"v1,{Convert.ToBase64String(hash)}";
    }
}
