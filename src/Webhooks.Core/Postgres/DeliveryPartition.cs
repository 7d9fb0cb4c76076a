using System.Globalization;

namespace Webhooks.Core.Postgres;

/// <summary>One week of <c>webhook_deliveries</c>: the ids whose time is from a Monday 00:00 UTC to the next.</summary>
/// <param name="Monday">The day it begins.</param>
internal readonly record struct DeliveryPartition(DateOnly Monday)
{
    private const int DaysPerWeek = 7;

    private static readonly DateTimeOffset _lastWeek = DateTimeOffset.MaxValue.AddDays(-DaysPerWeek);

    /// <summary>The table's name, as in <c>webhook_deliveries_20260803</c>.</summary>
    public string Name => "webhook_deliveries_" + Monday.ToString("yyyyMMdd", CultureInfo.InvariantCulture);

    /// <summary>The least id in it.</summary>
    public Guid From => UuidV7.LowerBound(Start(Monday));

    /// <summary>The least id after it.</summary>
    public Guid To => UuidV7.LowerBound(Start(Monday.AddDays(DaysPerWeek)));

    /// <summary>The partition of a time.</summary>
    public static DeliveryPartition At(DateTimeOffset time)
    {
        var day = DateOnly.FromDateTime(time.UtcDateTime);
        var daysSinceMonday = ((int)day.DayOfWeek - (int)DayOfWeek.Monday + DaysPerWeek) % DaysPerWeek;
        return new DeliveryPartition(day.AddDays(-daysSinceMonday));
    }

    /// <summary>The least id in the partition of an id; the least of all if its time cannot be told.</summary>
    public static Guid FirstIdWith(Guid id) => UuidV7.TimeOf(id) is { } time ? At(time).From : Guid.Empty;

    /// <summary>The least id after the partition of an id; the greatest of all if its time cannot be told.</summary>
    public static Guid IdAfter(Guid id) =>
        UuidV7.TimeOf(id) is { } time && time < _lastWeek ? At(time).To : Guid.AllBitsSet;

    /// <summary>The partition some weeks later, or earlier when negative.</summary>
    public DeliveryPartition AddWeeks(int weeks) => new(Monday.AddDays(weeks * DaysPerWeek));

    private static DateTimeOffset Start(DateOnly day) => new(day, TimeOnly.MinValue, TimeSpan.Zero);
}
