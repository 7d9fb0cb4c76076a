using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using OrchestrationAlreadyExistsException = DurableTask.Core.Exceptions.OrchestrationAlreadyExistsException;

namespace Webhooks.Functions.Deliveries;

/// <summary>Starts the orchestration of a pending delivery. The delivery's id is the instance id, so that there is only one at a time.</summary>
public sealed partial class DeliveryStarter(ILogger<DeliveryStarter> logger)
{
    /// <summary>Starts it, unless it is running already.</summary>
    public async Task StartAsync(DurableTaskClient client, Guid delivery)
    {
        try
        {
            await client.ScheduleNewOrchestrationInstanceAsync(
                nameof(DeliverWebhook),
                new DeliveryInput(delivery),
                new StartOrchestrationOptions(InstanceId: InstanceId(delivery)),
                CancellationToken.None);
        }
        catch (OrchestrationAlreadyExistsException)
        {
            LogRunning(delivery);
        }
    }

    /// <summary>The instance id of a delivery's orchestration.</summary>
    internal static string InstanceId(Guid delivery) => delivery.ToString("D");

    [LoggerMessage(1, LogLevel.Debug, "webhook delivery {DeliveryId} is running already")]
    private partial void LogRunning(Guid deliveryId);
}
