using Webhooks.Core;
using Webhooks.Core.Deliveries;

namespace Webhooks.Server.Engine;

/// <summary>The intake that lets this process attempt what it stores, without looking for it in the database.</summary>
internal sealed class DeliveryIntake(
    WebhookLanes lanes,
    AttemptSlots slots,
    ClaimRelease release,
    EngineOptions options,
    WebhooksOptions webhooks) : IDeliveryIntake
{
    private readonly TimeSpan _lease = options.LeaseFor(webhooks.AttemptTimeout);

    public IntakeReservation Reserve(int most)
    {
        var madeAt = lanes.Now;
        return new IntakeReservation(lanes.Reserve(most), _lease, madeAt);
    }

    public ValueTask TakeAsync(IntakeReservation reservation, IReadOnlyList<ClaimedDelivery> claims)
    {
        if (!lanes.TryTakeIn(reservation.Deliveries, claims, reservation.MadeAt))
        {
            return new ValueTask(release.ReleaseAsync(claims, CancellationToken.None));
        }

        slots.Fill();
        return ValueTask.CompletedTask;
    }
}
