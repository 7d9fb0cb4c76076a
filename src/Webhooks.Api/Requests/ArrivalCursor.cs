using System.Buffers.Binary;
using System.Buffers.Text;
using Webhooks.Core.Deliveries;

namespace Webhooks.Api.Requests;

/// <summary>The opaque text for a place in the order of arrival: a version, two ids and a time in microseconds, as base64url.</summary>
internal static class ArrivalCursor
{
    private const byte Version = 2;
    private const int IdBytes = 16;
    private const int TimeAt = 1 + IdBytes;
    private const int LateIdAt = TimeAt + sizeof(long);
    private const int Bytes = LateIdAt + IdBytes;

    public static string Encode(ArrivalPlace place)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        bytes[0] = Version;
        place.Id.TryWriteBytes(bytes[1..], bigEndian: true, out _);
        var microseconds = (place.LateAt - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        BinaryPrimitives.WriteInt64BigEndian(bytes[TimeAt..], microseconds);
        place.LateId.TryWriteBytes(bytes[LateIdAt..], bigEndian: true, out _);
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>The place of a cursor. False when the text is not what <see cref="Encode"/> gives.</summary>
    public static bool TryDecode(string cursor, out ArrivalPlace place)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        place = default;
        if (cursor.Length != Base64Url.GetEncodedLength(Bytes)
            || !Base64Url.IsValid(cursor)
            || !Base64Url.TryDecodeFromChars(cursor, bytes, out var written)
            || written != Bytes
            || bytes[0] != Version
            || BinaryPrimitives.ReadInt64BigEndian(bytes[TimeAt..]) is not (>= 0 and var microseconds)
            || microseconds > (DateTimeOffset.MaxValue - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond)
        {
            return false;
        }

        place = new ArrivalPlace(
            new Guid(bytes.Slice(1, IdBytes), bigEndian: true),
            DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond),
            new Guid(bytes[LateIdAt..], bigEndian: true));
        return true;
    }
}
