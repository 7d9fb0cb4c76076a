using System.Globalization;
using System.Text.Json;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace Webhooks.Functions.Deliveries;

/// <summary>
/// The start of a pending delivery's orchestration. The delivery's id is the instance id, so that there is only one at a time, unless
/// somebody wants an attempt earlier than the one that sleeps.
/// </summary>
public sealed partial class DeliveryStarter(TimeProvider clock, ILogger<DeliveryStarter> logger) : IDisposable
{
    /// <summary>
    /// How many starts an instance has under way. They share the task hub's storage requests with the deliveries that run: few enough that
    /// those get the larger part, so that a burst is delivered steadily from its beginning; enough that starting, three requests each, is
    /// never what is waited for.
    /// </summary>
    internal const int Parallelism = 8;

    /// <summary>A shorter sleep than this is not worth another orchestration.</summary>
    private static readonly TimeSpan _asleep = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _turns = new(Parallelism);

    /// <summary>Starts it when its turn comes, unless it is running already.</summary>
    /// <returns>Whether it was not running.</returns>
    public Task<bool> StartAsync(DurableTaskClient client, Guid delivery) => StartAsync(client, delivery, InstanceId(delivery));

    /// <summary>
    /// Starts another orchestration beside one that is running, if that sleeps: its delivery has become due before the time that it was
    /// told. The two agree by the row which of them makes an attempt, as any two that call for one do.
    /// </summary>
    /// <param name="attemptsMade">Its id ends in the number of the attempt, so that there is one for each.</param>
    public async Task StartBesideSleepingAsync(DurableTaskClient client, Guid delivery, int attemptsMade)
    {
        var instance = await client.GetInstanceAsync(InstanceId(delivery), getInputsAndOutputs: true, CancellationToken.None);
        if (instance?.SerializedCustomStatus is { } progress
            && JsonSerializer.Deserialize<DeliveryProgress>(progress)?.NextAttemptAt is { } next
            && next - clock.GetUtcNow() > _asleep)
        {
            await StartAsync(client, delivery, string.Create(CultureInfo.InvariantCulture, $"{InstanceId(delivery)}-{attemptsMade + 1}"));
        }
    }

    /// <inheritdoc />
    public void Dispose() => _turns.Dispose();

    /// <summary>The instance id of a delivery's orchestration.</summary>
    internal static string InstanceId(Guid delivery) => delivery.ToString("D");

    private async Task<bool> StartAsync(DurableTaskClient client, Guid delivery, string instanceId)
    {
        await _turns.WaitAsync();
        try
        {
            if (await client.TryStartAsync(nameof(DeliverWebhook), new DeliveryInput(delivery), instanceId))
            {
                return true;
            }

            LogRunning(delivery);
            return false;
        }
        finally
        {
            _turns.Release();
        }
    }

    [LoggerMessage(1, LogLevel.Debug, "webhook delivery {DeliveryId} is running already")]
    private partial void LogRunning(Guid deliveryId);
}
