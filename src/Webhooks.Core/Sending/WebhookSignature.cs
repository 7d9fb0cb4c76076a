using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Webhooks.Core.Secrets;

namespace Webhooks.Core.Sending;

/// <summary>The two signatures of a request: HMAC-SHA256, by the body alone and by the Standard Webhooks scheme.</summary>
internal static class WebhookSignature
{
    /// <summary><c>X-Webhook-Signature</c>: lower-case hex over the body; the key is the secret's text as UTF-8, prefix and all.</summary>
    public static string OfBody(string secret, ReadOnlySpan<byte> body)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), body, hash);
        return Convert.ToHexStringLower(hash);
    }

    /// <summary><c>webhook-signature</c>: <c>v1,</c> and base64 over <c>id.timestamp.body</c>; the key is what the secret's base64 stands for.</summary>
    /// <param name="secret">The secret with its prefix.</param>
    /// <param name="id">The header <c>webhook-id</c>; ASCII.</param>
    /// <param name="timestamp">The header <c>webhook-timestamp</c>; ASCII.</param>
    /// <param name="body">The exact bytes that are sent.</param>
    /// <exception cref="FormatException">The text is not a secret.</exception>
    public static string Standard(string secret, string id, string timestamp, ReadOnlySpan<byte> body)
    {
        var prefixLength = id.Length + 1 + timestamp.Length + 1;
        var buffer = ArrayPool<byte>.Shared.Rent(prefixLength + body.Length);
        try
        {
            Encoding.ASCII.GetBytes($"{id}.{timestamp}.", buffer);
            body.CopyTo(buffer.AsSpan(prefixLength));

            Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
            HMACSHA256.HashData(WebhookSecret.GetKey(secret), buffer.AsSpan(0, prefixLength + body.Length), hash);
            return $"v1,{Convert.ToBase64String(hash)}";
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
