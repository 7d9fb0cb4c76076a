using Webhooks.Core.Events;

namespace Webhooks.Core.Deliveries;

/// <summary>
/// The ids that deliveries created in a window of time can have. An id has the time of its event, which a publisher may choose within
/// bounds, so the range is wider than the window; it is what lets a statement leave out partitions and most of an index.
/// </summary>
internal static class DeliveryIdRange
{
    /// <summary>How far the clocks of hosts, which make event ids, and of the database, which fills created_at, may be apart.</summary>
    private static readonly TimeSpan _clockSlack = TimeSpan.FromHours(1);

    /// <summary>The least id that a delivery which a filter selects can have, and one that is greater than any of them.</summary>
    public static (Guid Oldest, Guid FirstAfter) Of(DeliveryFilter filter)
    {
        var (oldest, after) = (OldestOf(filter.From), FirstAfter(filter.To));
        if (filter.Id is not { } id)
        {
            return (oldest, after);
        }

        var next = UuidV7.Next(id);
        return (id > oldest ? id : oldest, next < after ? next : after);
    }

    /// <summary>
    /// The least id that a delivery created at that time or later can have: a repeated key brings back an id as old as keys get.
    /// </summary>
    public static Guid OldestOf(DateTimeOffset? from) =>
        from is { } time ? UuidV7.LowerBound(Shift(time, -(EventIdentity.KeyLifetime + _clockSlack))) : Guid.Empty;

    /// <summary>An id that is greater than any of a delivery created before that time.</summary>
    public static Guid FirstAfter(DateTimeOffset? to) =>
        to is { } time ? UuidV7.LowerBound(Shift(time, EventIdentity.NewestOwnId + _clockSlack)) : Guid.AllBitsSet;

    private static DateTimeOffset Shift(DateTimeOffset time, TimeSpan shift)
    {
        var ticks = Math.Clamp(time.UtcTicks + shift.Ticks, DateTimeOffset.MinValue.Ticks, DateTimeOffset.MaxValue.Ticks);
        return new DateTimeOffset(ticks, TimeSpan.Zero);
    }
}
