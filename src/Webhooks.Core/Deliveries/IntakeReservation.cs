namespace Webhooks.Core.Deliveries;

/// <summary>Room for deliveries that are about to be stored.</summary>
/// <param name="Deliveries">How many may be stored as claimed.</param>
/// <param name="Lease">For how long they are claimed.</param>
/// <param name="MadeAt">When it was made, on the clock of whoever made it: no lease begins earlier.</param>
public readonly record struct IntakeReservation(int Deliveries, TimeSpan Lease, TimeSpan MadeAt);
