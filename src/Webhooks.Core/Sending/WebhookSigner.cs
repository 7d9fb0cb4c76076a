using System.Security.Cryptography;
using System.Text;
using Webhooks.Core.Secrets;

namespace Webhooks.Core.Sending;

/// <summary>
/// The maker of the two signatures of a webhook's requests: HMAC-SHA256, by the body alone and by the Standard Webhooks scheme. During the
/// overlap of a rotation, it signs with both secrets. Many threads may use it.
/// </summary>
public sealed class WebhookSigner
{
    private readonly KeyedHash _ofText;
    private readonly KeyedHash _ofKey;
    private readonly WebhookSigner? _previous;
    private readonly bool _promoted;

    /// <param name="secret">The webhook's secret in clear: <c>whsec_</c> and base64.</param>
    /// <exception cref="FormatException">The text is not a secret.</exception>
    public WebhookSigner(string secret)
    {
        _ofText = new KeyedHash(Encoding.UTF8.GetBytes(secret));
        _ofKey = new KeyedHash(WebhookSecret.GetKey(secret));
    }

    /// <param name="secret">The webhook's secret in clear.</param>
    /// <param name="previous">The one that it replaced, which still signs.</param>
    /// <param name="promoted">Whether the new one makes <see cref="OfBody"/> already.</param>
    /// <exception cref="FormatException">A text is not a secret.</exception>
    public WebhookSigner(string secret, string previous, bool promoted)
        : this(secret)
    {
        _previous = new WebhookSigner(previous);
        _promoted = promoted;
    }

    private bool BodyIsSignedByPrevious => _previous is not null && !_promoted;

    /// <summary>
    /// <c>X-Webhook-Signature</c>: lower-case hex over the body; the key is the secret's text as UTF-8, prefix and all. It is the old
    /// secret's until the overlap ends or the new one is promoted, because a receiver that compares it knows only one.
    /// </summary>
    public string OfBody(ReadOnlySpan<byte> body) => BodyIsSignedByPrevious ? _previous!.HexOf(body) : HexOf(body);

    /// <summary><c>X-Webhook-Signature-Next</c>: the same by the new secret; null unless <see cref="OfBody"/> is the old one's.</summary>
    public string? NextOfBody(ReadOnlySpan<byte> body) => BodyIsSignedByPrevious ? HexOf(body) : null;

    /// <summary>
    /// <c>webhook-signature</c>: <c>v1,</c> and base64 over <c>id.timestamp.body</c>; the key is what the secret's base64 stands for.
    /// During an overlap, the old secret's follows after a space.
    /// </summary>
    /// <param name="id">The header <c>webhook-id</c>; ASCII.</param>
    /// <param name="timestamp">The header <c>webhook-timestamp</c>; ASCII.</param>
    /// <param name="body">The exact bytes that are sent.</param>
    public string Standard(string id, string timestamp, ReadOnlySpan<byte> body)
    {
        var prefix = Encoding.ASCII.GetBytes($"{id}.{timestamp}.");
        return _previous is null ? VersionOne(prefix, body) : $"{VersionOne(prefix, body)} {_previous.VersionOne(prefix, body)}";
    }

    private string HexOf(ReadOnlySpan<byte> body)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        _ofText.Compute(prefix: [], body, hash);
        return Convert.ToHexStringLower(hash);
    }

    private string VersionOne(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> body)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        _ofKey.Compute(prefix, body, hash);
        return $"v1,{Convert.ToBase64String(hash)}";
    }
}
