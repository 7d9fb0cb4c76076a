using System.Globalization;
using Jint.Runtime;

namespace Webhooks.Core.Transforms;

/// <summary>The time of a script: that of its event, so that each run of it gives the same. Its zone is UTC.</summary>
internal sealed class TransformClock : ITimeSystem
{
    private readonly DefaultTimeSystem _reading = new(TimeZoneInfo.Utc, CultureInfo.InvariantCulture);

    /// <summary>What <c>Date.now()</c> gives.</summary>
    public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch;

    public TimeZoneInfo DefaultTimeZone => TimeZoneInfo.Utc;

    public DateTimeOffset GetUtcNow() => Now;

    public bool TryParse(string date, out long epochMilliseconds) => _reading.TryParse(date, out epochMilliseconds);

    public TimeSpan GetUtcOffset(long epochMilliseconds) => TimeSpan.Zero;
}
