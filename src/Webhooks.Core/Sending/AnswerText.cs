using System.Buffers;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;

namespace Webhooks.Core.Sending;

/// <summary>
/// The text of an answer's body, decoded as its <c>Content-Encoding</c> and <c>Content-Type</c> say, as far as that can be done.
/// </summary>
internal static class AnswerText
{
    private const string CharsetParameter = "charset=";

    private static readonly DecoderFallback _replacement = new DecoderReplacementFallback("\uFFFD");

    /// <summary>What may be in a text beside letters: a byte below U+0020 of another kind is a sign of something else.</summary>
    private static readonly SearchValues<byte> _controls =
        SearchValues.Create([.. Enumerable.Range(0, 32).Except([9, 10, 12, 13, 27]).Select(value => (byte)value)]);

    /// <summary>
    /// The bytes as text that a PostgreSQL <c>text</c> column takes: NUL and what is not valid become U+FFFD, and a character that the end
    /// of what is known went through is left out.
    /// </summary>
    /// <param name="headers">The answer's headers.</param>
    /// <param name="bytes">The beginning of the body.</param>
    /// <param name="limit">Bytes that are kept of what a compressed body decodes to.</param>
    /// <param name="isWhole">Whether that is all of the body.</param>
    /// <param name="cut">Why the body was cut, for the last line of the text; null when it was not.</param>
    public static string From(HttpContentHeaders headers, ReadOnlySpan<byte> bytes, int limit, bool isWhole, string? cut)
    {
        if (!headers.NonValidated.TryGetValues("Content-Encoding", out var codings))
        {
            return Mark(Decode(headers, bytes, isWhole), cut);
        }

        var coding = codings.ToString();
        if (ContentCodings.Decode(coding, bytes, limit) is not { } decoded)
        {
            // What is not what it says may be plain text all the same, as a proxy's error page is.
            var undecoded = IsText(bytes)
                ? Decode(headers, bytes, isWhole)
                : string.Create(CultureInfo.InvariantCulture, $"[{bytes.Length} bytes that cannot be decoded as {Excerpt(coding)}]");
            return Mark(undecoded, cut);
        }

        var broken = isWhole && decoded.Broken ? $"the rest cannot be decoded as {Excerpt(coding)}" : null;
        return Mark(Decode(headers, decoded.Bytes, isWhole && decoded.Whole), cut ?? broken);
    }

    private static string Mark(string text, string? cut) => cut switch
    {
        null => text,
        _ when text.Length == 0 => $"[cut off: {cut}]",
        _ => $"{text}\n[cut off: {cut}]",
    };

    private static string Decode(HttpContentHeaders headers, ReadOnlySpan<byte> bytes, bool isWhole)
    {
        var (encoding, bom) = MarkedEncoding(bytes) ?? (DeclaredEncoding(headers) ?? Encoding.UTF8, 0);
        bytes = bytes[bom..];

        // Only a decoder can leave out the beginning of a character at the end.
        var decoder = encoding.GetDecoder();
        var characters = ArrayPool<char>.Shared.Rent(encoding.GetMaxCharCount(bytes.Length));
        try
        {
            var length = decoder.GetChars(bytes, characters, flush: isWhole);
            return new string(characters, 0, length).Replace('\0', '\uFFFD');
        }
        finally
        {
            ArrayPool<char>.Shared.Return(characters);
        }
    }

    /// <summary>
    /// The encoding that a byte order mark names, and the mark's length. It is believed before the header, as browsers do.
    /// </summary>
    private static (Encoding Encoding, int Length)? MarkedEncoding(ReadOnlySpan<byte> bytes) => bytes switch
    {
        [0xEF, 0xBB, 0xBF, ..] => (Encoding.UTF8, 3),
        [0xFF, 0xFE, ..] => (Encoding.Unicode, 2),
        [0xFE, 0xFF, ..] => (Encoding.BigEndianUnicode, 2),
        _ => null,
    };

    private static Encoding? DeclaredEncoding(HttpContentHeaders headers)
    {
        if (!headers.NonValidated.TryGetValues("Content-Type", out var types))
        {
            return null;
        }

        var type = types.ToString();
        var start = type.IndexOf(CharsetParameter, StringComparison.OrdinalIgnoreCase);
        if (start < 0)
        {
            return null;
        }

        var name = type.AsSpan(start + CharsetParameter.Length).Trim(" \"'");
        var end = name.IndexOfAny(";,\"' ");
        return Find((end < 0 ? name : name[..end]).ToString());
    }

    /// <summary>Null when there is no encoding of this name, or none that is safe to use (UTF-7).</summary>
    private static Encoding? Find(string name) => name.ToUpperInvariant() switch
    {
        "UTF-8" or "UTF8" => Encoding.UTF8,

        // What is called so on the web is the code page that holds them (WHATWG Encoding, 4.2).
        "ISO-8859-1" or "ISO8859-1" or "LATIN1" or "L1" or "US-ASCII" or "ASCII" => Find("windows-1252"),
        "WINDOWS-31J" or "X-SJIS" or "MS_KANJI" => Find("shift_jis"),
        _ => FindKnown(name),
    };

    private static Encoding? FindKnown(string name)
    {
        try
        {
            return CodePagesEncodingProvider.Instance.GetEncoding(name, EncoderFallback.ReplacementFallback, _replacement)
                ?? Encoding.GetEncoding(name, EncoderFallback.ReplacementFallback, _replacement);
        }
        catch (Exception unknown) when (unknown is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    private static bool IsText(ReadOnlySpan<byte> bytes) => bytes.IndexOfAny(_controls) < 0;

    /// <summary>A header's value as it may stand in a line of text.</summary>
    private static string Excerpt(string value)
    {
        const int Most = 40;
        var printable = string.Concat(value.Take(Most).Select(character => character is > ' ' and <= '~' ? character : ' '));
        return value.Length > Most ? printable + "…" : printable;
    }
}
