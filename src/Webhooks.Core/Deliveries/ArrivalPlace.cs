namespace Webhooks.Core.Deliveries;

/// <summary>A place in a webhook's deliveries in the order of their arrival: what has been read.</summary>
/// <param name="Id">Those that came in time are read up to this id.</param>
/// <param name="LateAt">Those that came late are read up to this time of their creation, UTC.</param>
/// <param name="LateId">The last id that is read of that time.</param>
public readonly record struct ArrivalPlace(Guid Id, DateTimeOffset LateAt, Guid LateId)
{
    /// <summary>Before everything that was created at that time or later; before everything when it is null.</summary>
    public static ArrivalPlace Before(DateTimeOffset? from) => from is { } time
        ? new ArrivalPlace(DeliveryArrivals.IdBefore(time), time, Guid.Empty)
        : new ArrivalPlace(Guid.Empty, DateTimeOffset.UnixEpoch, Guid.Empty);
}
