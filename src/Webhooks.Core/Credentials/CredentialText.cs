using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Webhooks.Core.Credentials;

/// <summary>
/// How a kind of credential is written that its owner sends as a bearer token: four characters that tell the kind, then 61 letters and
/// digits: the id (22), the secret (33, which are 196 random bits), and the CRC-32 (6) of all before it. So a typo, and what only looks
/// like one, is told without asking the database; also by those who scan for credentials that were published.
/// </summary>
public sealed class CredentialText
{
    /// <summary>An API key.</summary>
    public static readonly CredentialText ApiKey = new("whk_");

    /// <summary>A session of the portal.</summary>
    public static readonly CredentialText PortalSession = new("whs_");

    private const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private const int IdCharacters = 22;
    private const int SecretCharacters = 33;
    private const int ChecksumCharacters = 6;
    private const int PrefixCharacters = 4;
    private const int CheckedCharacters = PrefixCharacters + IdCharacters + SecretCharacters;

    private static readonly SearchValues<char> _digits = SearchValues.Create(Digits);

    private readonly string _prefix;

    private CredentialText(string prefix) => _prefix = prefix;

    /// <summary>Whether a token is meant to be one of this kind.</summary>
    public bool Begins(ReadOnlySpan<char> token) => token.StartsWith(_prefix, StringComparison.Ordinal);

    /// <summary>A new one.</summary>
    /// <param name="id">Its id.</param>
    public string Generate(Guid id)
    {
        var text = PublicPart(id) + RandomNumberGenerator.GetString(Digits, SecretCharacters);
        return text + Encode(Crc32(text), ChecksumCharacters);
    }

    /// <summary>The beginning of one, which is no secret: its prefix and its id.</summary>
    public string PublicPart(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return _prefix + Encode(BinaryPrimitives.ReadUInt128BigEndian(bytes), IdCharacters);
    }

    /// <summary>The id of one. False when the text is none: its form or its checksum is wrong.</summary>
    public bool TryReadId(string text, out Guid id)
    {
        id = Guid.Empty;
        if (text.Length != CheckedCharacters + ChecksumCharacters
            || !Begins(text)
            || text.AsSpan(PrefixCharacters).ContainsAnyExcept(_digits)
            || !text.EndsWith(Encode(Crc32(text.AsSpan(0, CheckedCharacters)), ChecksumCharacters), StringComparison.Ordinal))
        {
            return false;
        }

        UInt128 value = 0;
        foreach (var character in text.AsSpan(PrefixCharacters, IdCharacters))
        {
            value = (value * (uint)Digits.Length) + (uint)Digits.IndexOf(character, StringComparison.Ordinal);
        }

        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, value);
        id = new Guid(bytes, bigEndian: true);

        // More than 128 bits can be written; such a text is not what any id is written as.
        return text.StartsWith(PublicPart(id), StringComparison.Ordinal);
    }

    /// <summary>
    /// What is stored of one. A hash that is slow on purpose would protect what people choose; nobody finds 196 random bits by trying,
    /// and this one can be made for each request.
    /// </summary>
    public static byte[] Hash(string text) => SHA256.HashData(Encoding.ASCII.GetBytes(text));

    private static string Encode(UInt128 value, int length)
    {
        Span<char> characters = stackalloc char[length];
        for (var at = length - 1; at >= 0; at--)
        {
            (value, var digit) = UInt128.DivRem(value, (uint)Digits.Length);
            characters[at] = Digits[(int)digit];
        }

        return new string(characters);
    }

    /// <summary>The CRC-32 of zip, PNG and Ethernet, of ASCII.</summary>
    private static uint Crc32(ReadOnlySpan<char> text)
    {
        const uint Polynomial = 0xEDB88320;
        var crc = uint.MaxValue;
        foreach (var character in text)
        {
            crc ^= character;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 1 ? (crc >> 1) ^ Polynomial : crc >> 1;
            }
        }

        return ~crc;
    }
}
