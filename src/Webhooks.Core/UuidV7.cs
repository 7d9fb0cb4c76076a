using System.Buffers.Binary;

namespace Webhooks.Core;

/// <summary>
/// The layout of ids (RFC 9562, section 5.7): the first 48 bits are milliseconds since 1970 in UTC, so ids sort by time. New ones come from
/// <see cref="Guid.CreateVersion7(DateTimeOffset)"/>.
/// </summary>
internal static class UuidV7
{
    private const int Bytes = 16;
    private const int TimeBits = 48;

    /// <summary>The least id of that time or later, in whole milliseconds: its time, then zeros.</summary>
    public static Guid LowerBound(DateTimeOffset time)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        bytes.Clear();
        var milliseconds = Math.Max(0, time.ToUnixTimeMilliseconds());
        BinaryPrimitives.WriteUInt64BigEndian(bytes, (ulong)milliseconds << (64 - TimeBits));
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>The least and the greatest id whose first 48 bits are those of an id.</summary>
    public static (Guid Least, Guid Greatest) SameTime(Guid id)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        var rest = bytes[(TimeBits / 8)..];
        rest.Clear();
        var least = new Guid(bytes, bigEndian: true);
        rest.Fill(byte.MaxValue);
        return (least, new Guid(bytes, bigEndian: true));
    }

    /// <summary>The id after an id, in their order; after the last of all comes the first.</summary>
    public static Guid Next(Guid id)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        BinaryPrimitives.WriteUInt128BigEndian(bytes, BinaryPrimitives.ReadUInt128BigEndian(bytes) + UInt128.One);
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>An id of a time, whose other bits are some of the given ones: the same arguments give the same id.</summary>
    /// <param name="time">The time, taken to the millisecond.</param>
    /// <param name="random">At least 10 bytes, as good as random.</param>
    public static Guid Create(DateTimeOffset time, ReadOnlySpan<byte> random)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        LowerBound(time).TryWriteBytes(bytes, bigEndian: true, out _);
        random[..(Bytes - (TimeBits / 8))].CopyTo(bytes[(TimeBits / 8)..]);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x70);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>The time in an id; null when it is not a UUID of version 7 or its time is beyond the calendar.</summary>
    public static DateTimeOffset? TimeOf(Guid id)
    {
        if (id.Version != 7 || (id.Variant & 0b1100) != 0b1000)
        {
            return null;
        }

        Span<byte> bytes = stackalloc byte[Bytes];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        var milliseconds = (long)(BinaryPrimitives.ReadUInt64BigEndian(bytes) >> (64 - TimeBits));
        return milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
            : null;
    }
}
