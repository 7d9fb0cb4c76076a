using System.Globalization;

namespace Webhooks.Core.Events;

/// <summary>How the payload writes a time.</summary>
internal static class EventTimestamp
{
    /// <summary>ISO 8601 in UTC, with milliseconds and <c>Z</c>.</summary>
    public static string Format(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
