using System.Security.Cryptography;

namespace Webhooks.Core.Secrets;

/// <summary>A webhook's signing secret: <c>whsec_</c> and the base64 of 32 random bytes, as Standard Webhooks writes it.</summary>
public static class WebhookSecret
{
    /// <summary>The beginning of every secret.</summary>
    public const string Prefix = "whsec_";

    private const int KeyLength = 32;
    private const int HintLength = 4;

    /// <summary>A new random secret.</summary>
    public static string Generate()
    {
        Span<byte> key = stackalloc byte[KeyLength];
        RandomNumberGenerator.Fill(key);
        return Prefix + Convert.ToBase64String(key);
    }

    /// <summary>The last four characters, by which people tell secrets apart; they may be shown.</summary>
    public static string Hint(string secret) => secret[^HintLength..];

    /// <summary>The key that Standard Webhooks signs with: the bytes that the base64 after the prefix stands for.</summary>
    /// <exception cref="FormatException">The text is not a secret; the message does not show it.</exception>
    public static byte[] GetKey(string secret) =>
        secret.StartsWith(Prefix, StringComparison.Ordinal)
            ? Convert.FromBase64String(secret[Prefix.Length..])
            : throw new FormatException($"A webhook's secret does not begin with '{Prefix}'.");
}
