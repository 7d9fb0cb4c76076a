namespace Webhooks.Core.Deliveries;

/// <summary>The intake of hosts that do not attempt what they store: every delivery is left for whoever claims it.</summary>
internal sealed class NoIntake : IDeliveryIntake
{
    public IntakeReservation Reserve(int most) => default;

    public ValueTask TakeAsync(IntakeReservation reservation, IReadOnlyList<ClaimedDelivery> claims) => ValueTask.CompletedTask;
}
