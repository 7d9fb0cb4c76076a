using System.Buffers.Text;

namespace Webhooks.Api.Requests;

/// <summary>The opaque text for the place in a list where the next page begins: a version and the last id, as base64url.</summary>
internal static class Cursor
{
    private const byte Version = 1;
    private const int Bytes = 17;

    /// <summary>The cursor behind the row with that id; null for no row.</summary>
    public static string? Encode(Guid? lastId)
    {
        if (lastId is not { } id)
        {
            return null;
        }

        Span<byte> bytes = stackalloc byte[Bytes];
        bytes[0] = Version;
        id.TryWriteBytes(bytes[1..], bigEndian: true, out _);
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>The id in a cursor. False when the text is not what <see cref="Encode"/> gives.</summary>
    public static bool TryDecode(string cursor, out Guid lastId)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        lastId = Guid.Empty;
        if (cursor.Length != Base64Url.GetEncodedLength(Bytes)
            || !Base64Url.IsValid(cursor)
            || !Base64Url.TryDecodeFromChars(cursor, bytes, out var written)
            || written != Bytes
            || bytes[0] != Version)
        {
            return false;
        }

        lastId = new Guid(bytes[1..], bigEndian: true);
        return true;
    }
}
