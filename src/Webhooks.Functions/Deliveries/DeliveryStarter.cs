using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using OrchestrationAlreadyExistsException = DurableTask.Core.Exceptions.OrchestrationAlreadyExistsException;

namespace Webhooks.Functions.Deliveries;

/// <summary>
/// Starts the orchestration of a pending delivery. The delivery's id is the instance id, so that there is only one at a time.
/// </summary>
public sealed partial class DeliveryStarter(ILogger<DeliveryStarter> logger) : IDisposable
{
    /// <summary>
    /// How many starts an instance has under way. They share the task hub's storage requests with the deliveries that run: few enough that
    /// those get the larger part, so that a burst is delivered steadily from its beginning; enough that starting, three requests each, is
    /// never what is waited for.
    /// </summary>
    internal const int Parallelism = 8;

    private readonly SemaphoreSlim _turns = new(Parallelism);

    /// <summary>Starts it when its turn comes, unless it is running already.</summary>
    public async Task StartAsync(DurableTaskClient client, Guid delivery)
    {
        await _turns.WaitAsync();
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
        finally
        {
            _turns.Release();
        }
    }

    /// <inheritdoc />
    public void Dispose() => _turns.Dispose();

    /// <summary>The instance id of a delivery's orchestration.</summary>
    internal static string InstanceId(Guid delivery) => delivery.ToString("D");

    [LoggerMessage(1, LogLevel.Debug, "webhook delivery {DeliveryId} is running already")]
    private partial void LogRunning(Guid deliveryId);
}
