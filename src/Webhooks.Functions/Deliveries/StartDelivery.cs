using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Webhooks.Core.Deliveries;

namespace Webhooks.Functions.Deliveries;

/// <summary>The trigger that starts the orchestrations of a fan-out message's deliveries.</summary>
public sealed class StartDelivery(PendingDeliveries pending, DeliveryStarter starter, DatabasePatience patience)
{
    /// <summary>Handles a message. When it throws, the host repeats it; what was started already is left alone then.</summary>
    /// <exception cref="FormatException">It is not a fan-out message.</exception>
    [Function(nameof(StartDelivery))]
    public async Task RunAsync(
        [QueueTrigger(QueueNames.Deliveries)] string message,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken)
    {
        var deliveries = FanOutMessage.Parse(message)?.Deliveries
            ?? throw new FormatException(
                $"A message on queue {QueueNames.Deliveries} is not a fan-out message. Only this app writes to that queue.");

        // A finished delivery's orchestration may be purged, and the client would silently start over one that is not. The row knows.
        var unfinished = await patience.RunAsync(() => pending.AmongAsync(deliveries, CancellationToken.None), cancellationToken);

        // As many at once as the starter has turns: each start is a few storage requests, one after the other.
        await Task.WhenAll(unfinished.Select(delivery => StartAsync(client, delivery, cancellationToken)));
    }

    private async Task StartAsync(DurableTaskClient client, Guid delivery, CancellationToken cancellationToken)
    {
        if (await starter.StartAsync(client, delivery))
        {
            return;
        }

        var state = await patience.RunAsync(() => pending.FindAsync(delivery, CancellationToken.None), cancellationToken);
        if (state?.DueIn is { } dueIn && dueIn <= TimeSpan.Zero)
        {
            await starter.StartBesideSleepingAsync(client, delivery, state.AttemptsMade);
        }
    }
}
