using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Webhooks.Api.Deliveries;
using Webhooks.Functions.Deliveries;

namespace Webhooks.Functions.Http;

/// <summary>The way to a delivery's orchestration that asks the task hub.</summary>
internal sealed partial class DeliveryOrchestrationFeature(DurableTaskClient client, ILogger logger) : IDeliveryOrchestrationFeature
{
    public async Task<DeliveryOrchestration?> FindAsync(Guid delivery, CancellationToken cancellationToken)
    {
        try
        {
            var instanceId = DeliveryStarter.InstanceId(delivery);
            return await client.GetInstanceAsync(instanceId, getInputsAndOutputs: false, cancellationToken) is { } instance
                ? new DeliveryOrchestration(
                    instance.RuntimeStatus.ToString(), instance.CreatedAt.UtcDateTime, instance.LastUpdatedAt.UtcDateTime)
                : null;
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            // The delivery is in the database; that the task hub cannot be asked is no reason not to show it.
            LogNotFound(failure, delivery);
            return null;
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "webhook delivery {DeliveryId} is shown without its orchestration, which cannot be asked for")]
    private partial void LogNotFound(Exception failure, Guid deliveryId);
}
