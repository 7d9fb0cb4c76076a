using System.Security.Cryptography;
using System.Text;

namespace Webhooks.Core.Secrets;

/// <summary>The encryption of webhooks' secrets in the database: AES-256-GCM, bound to the webhook by its id as associated data.</summary>
/// <remarks>
/// The stored text is <c>v1:key version:base64(nonce, ciphertext, tag)</c>, with a random nonce of 96 bits and a tag of 128
/// (NIST SP 800-38D). A random nonce is safe for 2^32 secrets under one key.
/// </remarks>
public sealed class SecretProtector(IKeyRing keys)
{
    private const string Scheme = "v1:";
    private const int NonceLength = 12;
    private const int TagLength = 16;
    private const int WebhookIdLength = 16;

    /// <summary>The text to store for a secret.</summary>
    /// <exception cref="SecretUnavailableException">There is no key.</exception>
    public async ValueTask<string> ProtectAsync(Guid webhookId, string secret, CancellationToken cancellationToken)
    {
        var key = await keys.GetNewestAsync(cancellationToken);
        return $"{Prefix(key)}{Convert.ToBase64String(Encrypt(key, webhookId, Encoding.UTF8.GetBytes(secret)))}";
    }

    /// <summary>The secret of a stored text.</summary>
    /// <exception cref="SecretUnavailableException">Its key is missing, or the text is not what was stored for this webhook.</exception>
    public async ValueTask<string> UnprotectAsync(Guid webhookId, string stored, CancellationToken cancellationToken) =>
        (await DecryptAsync(webhookId, stored, cancellationToken)).Secret;

    /// <summary>The secret of a stored text, and the key that decrypted it.</summary>
    /// <exception cref="SecretUnavailableException">Its key is missing, or the text is not what was stored for this webhook.</exception>
    internal async ValueTask<(string Secret, EncryptionKey Key)> DecryptAsync(
        Guid webhookId, string stored, CancellationToken cancellationToken)
    {
        var (version, ciphertext) = Parse(webhookId, stored);
        var key = await keys.GetAsync(version, cancellationToken);
        return (Encoding.UTF8.GetString(Decrypt(key, webhookId, ciphertext)), key);
    }

    /// <summary>Whether the ring has this key now. It may have another one of the same version.</summary>
    /// <exception cref="SecretUnavailableException">It cannot be reached, or has none of that version.</exception>
    internal async ValueTask<bool> HasKeyAsync(EncryptionKey key, CancellationToken cancellationToken) =>
        ReferenceEquals(key, await keys.GetAsync(key.Version, cancellationToken));

    /// <summary>The beginning of a stored text whose secret was encrypted with the newest key.</summary>
    /// <exception cref="SecretUnavailableException">There is no key.</exception>
    internal async ValueTask<string> NewestPrefixAsync(CancellationToken cancellationToken) =>
        Prefix(await keys.GetNewestAsync(cancellationToken));

    private static string Prefix(EncryptionKey key) => $"{Scheme}{key.Version}:";

    private static byte[] Encrypt(EncryptionKey key, Guid webhookId, ReadOnlySpan<byte> secret)
    {
        var result = new byte[NonceLength + secret.Length + TagLength];
        var nonce = result.AsSpan(0, NonceLength);
        RandomNumberGenerator.Fill(nonce);

        using var aes = new AesGcm(key.Bytes.Span, TagLength);
        aes.Encrypt(
            nonce,
            secret,
            result.AsSpan(NonceLength, secret.Length),
            result.AsSpan(NonceLength + secret.Length),
            AssociatedData(webhookId, stackalloc byte[WebhookIdLength]));
        return result;
    }

    private static byte[] Decrypt(EncryptionKey key, Guid webhookId, ReadOnlySpan<byte> stored)
    {
        var secret = new byte[stored.Length - NonceLength - TagLength];
        using var aes = new AesGcm(key.Bytes.Span, TagLength);
        try
        {
            aes.Decrypt(
                stored[..NonceLength],
                stored[NonceLength..^TagLength],
                stored[^TagLength..],
                secret,
                AssociatedData(webhookId, stackalloc byte[WebhookIdLength]));
        }
        catch (AuthenticationTagMismatchException mismatch)
        {
            throw Unusable(
                webhookId,
                $"it was changed, belongs to another webhook, or key '{key.Version}' is not the key it was encrypted with",
                mismatch);
        }

        return secret;
    }

    private static (string KeyVersion, byte[] Ciphertext) Parse(Guid webhookId, string stored)
    {
        var keyEnd = stored.LastIndexOf(':');
        if (!stored.StartsWith(Scheme, StringComparison.Ordinal) || keyEnd <= Scheme.Length)
        {
            throw Malformed(webhookId);
        }

        var base64 = stored.AsSpan(keyEnd + 1);
        var ciphertext = new byte[base64.Length];
        return Convert.TryFromBase64Chars(base64, ciphertext, out var length) && length >= NonceLength + TagLength
            ? (stored[Scheme.Length..keyEnd], ciphertext[..length])
            : throw Malformed(webhookId);
    }

    private static ReadOnlySpan<byte> AssociatedData(Guid webhookId, Span<byte> buffer)
    {
        webhookId.TryWriteBytes(buffer, bigEndian: true, out _);
        return buffer;
    }

    private static SecretUnavailableException Malformed(Guid webhookId) =>
        Unusable(webhookId, "it is not of the form v1:key:base64");

    private static SecretUnavailableException Unusable(Guid webhookId, string reason, Exception? inner = null) =>
        new(
            $"The stored secret of webhook {webhookId} cannot be decrypted: {reason}. "
            + "Restore the row and its key from a backup, or give the webhook a new secret.",
            inner);
}
