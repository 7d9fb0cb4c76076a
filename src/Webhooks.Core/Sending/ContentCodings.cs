using System.IO.Compression;

namespace Webhooks.Core.Sending;

/// <summary>Content codings (RFC 9110, 8.4.1): undoes those that a body was compressed with, within bounds.</summary>
internal static class ContentCodings
{
    /// <summary>More than one is rare; many are an attack.</summary>
    private const int MostCodings = 3;

    /// <summary>Bytes that are asked for at a time: what a coding gave in the call that finds it broken is lost.</summary>
    private const int Step = 256;

    /// <summary>
    /// What a body decodes to; null when a coding is unknown, or nothing could be decoded. Each coding is undone by itself and gives at
    /// most the limit, so that no body costs more than a few times that, whatever it would grow to.
    /// </summary>
    /// <param name="header">The header <c>Content-Encoding</c>: codings in the order in which they were applied.</param>
    /// <param name="body">The body, or the beginning of it.</param>
    /// <param name="limit">Bytes.</param>
    public static DecodedBody? Decode(string header, ReadOnlySpan<byte> body, int limit)
    {
        var codings = header.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (codings.Length > MostCodings)
        {
            return null;
        }

        var decoded = new DecodedBody(body.ToArray(), Whole: true, Broken: false);
        foreach (var coding in codings.Reverse())
        {
            if (Open(coding.ToUpperInvariant(), decoded.Bytes) is not { } stream)
            {
                return null;
            }

            using (stream)
            {
                decoded = Read(stream, limit, decoded);
            }

            if (decoded is { Broken: true, Bytes.Length: 0 })
            {
                return null;
            }
        }

        return decoded;
    }

    private static Stream? Open(string coding, byte[] body)
    {
        var source = new MemoryStream(body);
        return coding switch
        {
            "IDENTITY" => source,
            "GZIP" or "X-GZIP" => new GZipStream(source, CompressionMode.Decompress),
            "DEFLATE" when IsZlib(body) => new ZLibStream(source, CompressionMode.Decompress),
            "DEFLATE" => new DeflateStream(source, CompressionMode.Decompress),
            "BR" => new BrotliStream(source, CompressionMode.Decompress),
            _ => null,
        };
    }

    /// <summary>The name stands for zlib's format (RFC 1950), but servers send it without zlib's head, too.</summary>
    private static bool IsZlib(byte[] body) =>
        body is [var method, var flags, ..] && (method & 0x0F) == 8 && ((method << 8) | flags) % 31 == 0;

    private static DecodedBody Read(Stream stream, int limit, DecodedBody coded)
    {
        var buffer = new byte[limit];
        var length = 0;
        try
        {
            while (length < limit)
            {
                var read = stream.Read(buffer.AsSpan(length, Math.Min(Step, limit - length)));
                if (read == 0)
                {
                    return new DecodedBody(buffer[..length], coded.Whole, coded.Broken);
                }

                length += read;
            }

            return new DecodedBody(buffer, Whole: false, coded.Broken);
        }
        catch (Exception invalid) when (invalid is InvalidDataException or InvalidOperationException or IOException)
        {
            return new DecodedBody(buffer[..length], Whole: false, Broken: true);
        }
    }
}
