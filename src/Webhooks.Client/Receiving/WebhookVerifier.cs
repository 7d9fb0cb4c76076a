using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Webhooks.Client.Receiving;

/// <summary>The check that requests come from the platform, by the signatures that it puts into their headers.</summary>
/// <remarks>
/// Verify the bytes of the body as they arrived, before anything parses them. In an ASP.NET Core endpoint:
/// <code>
/// var body = await BinaryData.FromStreamAsync(request.Body, cancellationToken);
/// var verification = verifier.Verify(
///     body, request.Headers["webhook-id"], request.Headers["webhook-timestamp"], request.Headers["webhook-signature"]);
/// if (verification != WebhookVerification.Valid)
/// {
///     return Results.Unauthorized();
/// }
/// </code>
/// There are two schemes, and either suffices. Prefer <see cref="Verify"/> (Standard Webhooks): it covers the id and the time too, so that
/// nobody can send an old request again. <see cref="VerifyBody"/> covers the body alone.
/// All comparisons take the same time, whatever they find. One object can be shared by all threads.
/// </remarks>
public sealed class WebhookVerifier
{
    private const string SecretPrefix = "whsec_";
    private const string VersionPrefix = "v1,";

    private readonly Secret[] _secrets;

    /// <param name="secrets">The webhook's secret (<c>whsec_…</c>); while it is being replaced, the old and the new one.</param>
    /// <exception cref="ArgumentException">There is none, or one is no <c>whsec_</c> with base64 after it.</exception>
    public WebhookVerifier(params IEnumerable<string> secrets)
    {
        _secrets = [.. secrets.Select(Secret.Parse)];
        if (_secrets.Length == 0)
        {
            throw new ArgumentException("Give at least one secret.", nameof(secrets));
        }
    }

    /// <summary>The most that a timestamp may be away from now, in either direction; 5 minutes unless set.</summary>
    public TimeSpan Tolerance { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The clock that says what now is; the system's unless set.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Verifies a request by the Standard Webhooks headers (https://www.standardwebhooks.com).</summary>
    /// <param name="body">The bytes of the body, as they arrived.</param>
    /// <param name="id">Header <c>webhook-id</c>.</param>
    /// <param name="timestamp">Header <c>webhook-timestamp</c>.</param>
    /// <param name="signatures">
    /// Header <c>webhook-signature</c>: <c>v1,</c> and base64, several separated by spaces. Other versions are passed over.
    /// </param>
    public WebhookVerification Verify(ReadOnlySpan<byte> body, string? id, string? timestamp, string? signatures)
    {
        if (string.IsNullOrEmpty(id) || string.IsNullOrEmpty(timestamp) || string.IsNullOrEmpty(signatures))
        {
            return WebhookVerification.HeaderMissing;
        }

        if (!long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
        {
            return WebhookVerification.TimestampInvalid;
        }

        if (Math.Abs(Clock.GetUtcNow().ToUnixTimeSeconds() - seconds) > Tolerance.TotalSeconds)
        {
            return WebhookVerification.TimestampOutOfTolerance;
        }

        var prefix = Encoding.UTF8.GetBytes($"{id}.{timestamp}.");
        foreach (var secret in _secrets)
        {
            if (ContainsSignature(signatures, Sign(secret.Decoded, prefix, body)))
            {
                return WebhookVerification.Valid;
            }
        }

        return WebhookVerification.SignatureInvalid;
    }

    /// <summary>Verifies a request by the signature of its body alone.</summary>
    /// <param name="body">The bytes of the body, as they arrived.</param>
    /// <param name="signature">
    /// Header <c>X-Webhook-Signature</c>: hexadecimal HMAC-SHA256 of the body; the key is the secret as it is written, in UTF-8.
    /// </param>
    /// <returns>Whether it was made with one of the secrets.</returns>
    public bool VerifyBody(ReadOnlySpan<byte> body, string? signature)
    {
        Span<byte> given = stackalloc byte[HMACSHA256.HashSizeInBytes];
        if (signature?.Length != 2 * given.Length || Convert.FromHexString(signature, given, out _, out _) != OperationStatus.Done)
        {
            return false;
        }

        foreach (var secret in _secrets)
        {
            if (CryptographicOperations.FixedTimeEquals(given, Sign(secret.AsWritten, [], body)))
            {
                return true;
            }
        }

        return false;
    }

    private static bool ContainsSignature(ReadOnlySpan<char> signatures, ReadOnlySpan<byte> expected)
    {
        Span<byte> given = stackalloc byte[HMACSHA256.HashSizeInBytes];
        foreach (var range in signatures.Split(' '))
        {
            var signature = signatures[range];
            if (signature.StartsWith(VersionPrefix, StringComparison.Ordinal)
                && Convert.TryFromBase64Chars(signature[VersionPrefix.Length..], given, out var length)
                && CryptographicOperations.FixedTimeEquals(given[..length], expected))
            {
                return true;
            }
        }

        return false;
    }

    private static byte[] Sign(byte[] key, ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> body)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        hmac.AppendData(prefix);
        hmac.AppendData(body);
        return hmac.GetHashAndReset();
    }

    /// <summary>
    /// A secret's bytes: as it is written, which is the key of the body's signature, and decoded, which is that of Standard Webhooks.
    /// </summary>
    private sealed record Secret(byte[] AsWritten, byte[] Decoded)
    {
        public static Secret Parse(string text)
        {
            var decoded = new byte[text.Length];
            return text.StartsWith(SecretPrefix, StringComparison.Ordinal)
                && Convert.TryFromBase64Chars(text.AsSpan(SecretPrefix.Length), decoded, out var length)
                && length > 0
                    ? new Secret(Encoding.UTF8.GetBytes(text), decoded[..length])
                    : throw new ArgumentException(
                        "A webhook's secret is whsec_ with base64 after it. Copy it as it was shown when the webhook was created.",
                        nameof(text));
        }
    }
}
