using Webhooks.Core;
using Webhooks.Core.Deliveries;

namespace Webhooks.Server.Engine;

/// <summary>Lets this process attempt what it stores, without looking for it in the database.</summary>
internal sealed partial class DeliveryIntake(
    WebhookLanes lanes,
    AttemptSlots slots,
    DeliveryStore deliveries,
    EngineOptions options,
    WebhooksOptions webhooks,
    ILogger<DeliveryIntake> logger) : IDeliveryIntake
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
            return new ValueTask(ReleaseAsync(claims));
        }

        slots.Fill();
        return ValueTask.CompletedTask;
    }

    private async Task ReleaseAsync(IReadOnlyList<ClaimedDelivery> claims)
    {
        try
        {
            await deliveries.ReleaseAsync(claims, CancellationToken.None);
        }
        catch (Exception failure)
        {
            LogNotReleased(claims.Count, failure);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "webhook deliveries stored while the engine stopped: {Count} could not be given back; they are due when their leases end")]
    private partial void LogNotReleased(int count, Exception failure);
}
