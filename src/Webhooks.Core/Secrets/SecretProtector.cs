using System.Security.Cryptography;
using System.Text;

namespace Webhooks.Core.Secrets;

/// <summary>
/// The encryption of webhooks' secrets, and of their headers, in the database: AES-256-GCM, bound to the webhook and to what it is by
/// associated data.
/// </summary>
/// <remarks>
/// The stored text is <c>v1:key version:base64(nonce, ciphertext, tag)</c>, with a random nonce of 96 bits and a tag of 128
/// (NIST SP 800-38D). A random nonce is safe for 2^32 secrets under one key.
/// </remarks>
public sealed class SecretProtector(IKeyRing keys)
{
    private const string Scheme = "v1:";
    private const int NonceLength = 12;
    private const int TagLength = 16;

    /// <summary>The associated data of a secret: the webhook's id. That of headers ends with another byte.</summary>
    private const int WebhookIdLength = 16;

    /// <summary>The text to store for a secret.</summary>
    /// <exception cref="SecretUnavailableException">There is no key.</exception>
    public ValueTask<string> ProtectAsync(Guid webhookId, string secret, CancellationToken cancellationToken) =>
        ProtectAsync(ProtectedText.Secret, webhookId, secret, cancellationToken);

    /// <summary>The text to store for what is secret of a webhook.</summary>
    /// <exception cref="SecretUnavailableException">There is no key.</exception>
    internal async ValueTask<string> ProtectAsync(
        ProtectedText kind, Guid webhookId, string text, CancellationToken cancellationToken)
    {
        var key = await keys.GetNewestAsync(cancellationToken);
        return $"{Prefix(key)}{Convert.ToBase64String(Encrypt(key, kind, webhookId, Encoding.UTF8.GetBytes(text)))}";
    }

    /// <summary>The secret of a stored text.</summary>
    /// <exception cref="SecretUnavailableException">Its key is missing, or the text is not what was stored for this webhook.</exception>
    public async ValueTask<string> UnprotectAsync(Guid webhookId, string stored, CancellationToken cancellationToken) =>
        (await DecryptAsync(ProtectedText.Secret, webhookId, stored, cancellationToken)).Text;

    /// <summary>What a stored text stands for, and the key that decrypted it.</summary>
    /// <exception cref="SecretUnavailableException">Its key is missing, or the text is not what was stored for this webhook.</exception>
    internal async ValueTask<(string Text, EncryptionKey Key)> DecryptAsync(
        ProtectedText kind, Guid webhookId, string stored, CancellationToken cancellationToken)
    {
        var (version, ciphertext) = Parse(kind, webhookId, stored);
        var key = await keys.GetAsync(version, cancellationToken);
        return (Encoding.UTF8.GetString(Decrypt(key, kind, webhookId, ciphertext)), key);
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

    private static byte[] Encrypt(EncryptionKey key, ProtectedText kind, Guid webhookId, ReadOnlySpan<byte> secret)
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
            AssociatedData(kind, webhookId, stackalloc byte[WebhookIdLength + 1]));
        return result;
    }

    private static byte[] Decrypt(EncryptionKey key, ProtectedText kind, Guid webhookId, ReadOnlySpan<byte> stored)
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
                AssociatedData(kind, webhookId, stackalloc byte[WebhookIdLength + 1]));
        }
        catch (AuthenticationTagMismatchException mismatch)
        {
            throw Unusable(
                kind,
                webhookId,
                $"it was changed, belongs to another webhook, or key '{key.Version}' is not the key it was encrypted with",
                mismatch);
        }

        return secret;
    }

    private static (string KeyVersion, byte[] Ciphertext) Parse(ProtectedText kind, Guid webhookId, string stored)
    {
        var keyEnd = stored.LastIndexOf(':');
        if (!stored.StartsWith(Scheme, StringComparison.Ordinal) || keyEnd <= Scheme.Length)
        {
            throw Malformed(kind, webhookId);
        }

        var base64 = stored.AsSpan(keyEnd + 1);
        var ciphertext = new byte[base64.Length];
        return Convert.TryFromBase64Chars(base64, ciphertext, out var length) && length >= NonceLength + TagLength
            ? (stored[Scheme.Length..keyEnd], ciphertext[..length])
            : throw Malformed(kind, webhookId);
    }

    private static ReadOnlySpan<byte> AssociatedData(ProtectedText kind, Guid webhookId, Span<byte> buffer)
    {
        webhookId.TryWriteBytes(buffer, bigEndian: true, out _);
        buffer[WebhookIdLength] = (byte)kind;
        return kind == ProtectedText.Secret ? buffer[..WebhookIdLength] : buffer;
    }

    private static SecretUnavailableException Malformed(ProtectedText kind, Guid webhookId) =>
        Unusable(kind, webhookId, "it is not of the form v1:key:base64");

    private static SecretUnavailableException Unusable(
        ProtectedText kind, Guid webhookId, string reason, Exception? inner = null) =>
        new(
            kind == ProtectedText.Secret
                ? $"The stored secret of webhook {webhookId} cannot be decrypted: {reason}. "
                    + "Restore the row and its key from a backup, or give the webhook a new secret."
                : $"What is stored of the headers of webhook {webhookId} cannot be decrypted: {reason}. "
                    + "Restore the row and its key from a backup, or set the headers again.",
            inner);
}
