using System.Globalization;

namespace Webhooks.Core.Events;

/// <summary>Times as text: what callers may write, and how the payload writes one.</summary>
public static class EventTimestamp
{
    private const string Full = "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz";
    private const int LongestFraction = 8;
    private const int MinuteEnd = 16;

    /// <summary>ISO 8601 in UTC, with milliseconds and <c>Z</c>.</summary>
    public static string Format(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>
    /// Reads a date and time of RFC 3339, section 5.6, where seconds may also be left out (ISO 8601). <c>t</c> and <c>z</c> may be small.
    /// A leap second is the first of the next day, as POSIX counts; fractions are kept to 100 ns.
    /// </summary>
    /// <param name="text">As in <c>2026-08-01T14:00:00.250+02:00</c>; without an offset from UTC it is not one.</param>
    /// <param name="time">The time, UTC.</param>
    public static bool TryParse(ReadOnlySpan<char> text, out DateTimeOffset time)
    {
        time = default;
        var offset = text is [.., 'Z' or 'z'] ? 1 : 6;
        if (text.Length < MinuteEnd + offset
            || text[10] is not ('T' or 't')
            || Offset(text[^offset..]) is not { } zone
            || !TryReadSeconds(text[MinuteEnd..^offset], out var seconds, out var fraction))
        {
            return false;
        }

        var isLeap = seconds is "60";
        var full = $"{text[..10]}T{text[11..MinuteEnd]}:{(isLeap ? "59" : seconds)}{fraction}{zone}";
        return DateTimeOffset.TryParseExact(full, Full, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out time)
            && (!isLeap || TryPassLeapSecond(ref time));
    }

    /// <summary>The offset as <c>+hh:mm</c>; null when it is none.</summary>
    private static string? Offset(ReadOnlySpan<char> text) => text switch
    {
        ['Z' or 'z'] => "+00:00",
        ['+' or '-', >= '0' and <= '9', >= '0' and <= '9', ':', >= '0' and <= '9', >= '0' and <= '9'] => text.ToString(),
        _ => null,
    };

    /// <summary>Reads what stands between minutes and offset: nothing, <c>:ss</c> or <c>:ss.fraction</c>.</summary>
    private static bool TryReadSeconds(ReadOnlySpan<char> text, out ReadOnlySpan<char> seconds, out ReadOnlySpan<char> fraction)
    {
        seconds = "00";
        fraction = "";
        if (text.IsEmpty)
        {
            return true;
        }

        if (text.Length < 3 || text[0] != ':')
        {
            return false;
        }

        seconds = text[1..3];
        if (text.Length == 3)
        {
            return true;
        }

        fraction = text[3..Math.Min(text.Length, 3 + LongestFraction)];
        return text[3] == '.' && text.Length > 4 && !text[4..].ContainsAnyExceptInRange('0', '9');
    }

    /// <summary>From the second before it. Leap seconds are the last of a month in UTC; which months have one is not known in
    /// advance.</summary>
    private static bool TryPassLeapSecond(ref DateTimeOffset time)
    {
        if (time >= DateTimeOffset.MaxValue.AddSeconds(-1))
        {
            return false;
        }

        time = time.AddSeconds(1);
        return time is { Day: 1, Hour: 0, Minute: 0, Second: 0 };
    }
}
