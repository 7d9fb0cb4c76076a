namespace Webhooks.Core.Deliveries;

/// <summary>
/// The taker of deliveries as they are stored. A host that attempts them in this process has them stored as claimed by itself, as many as
/// it has room for, so that nothing has to look for them; a host that does not has room for none.
/// </summary>
public interface IDeliveryIntake
{
    /// <summary>
    /// Keeps room for deliveries that are about to be stored. Every reservation is ended by <see cref="TakeAsync"/>, however the storing
    /// ends.
    /// </summary>
    /// <param name="most">The most that may be wanted.</param>
    IntakeReservation Reserve(int most);

    /// <summary>Takes over claims that are committed, and ends the reservation they were made under. It never throws.</summary>
    /// <param name="reservation">What <see cref="Reserve"/> returned.</param>
    /// <param name="claims">At most as many as were reserved; none when nothing was stored.</param>
    ValueTask TakeAsync(IntakeReservation reservation, IReadOnlyList<ClaimedDelivery> claims);
}
