using Webhooks.Core.Telemetry;

namespace Webhooks.Server.Queue;

/// <summary>
/// The chore that has the messages of the queue counted every half a minute, and those that could not be published, if anyone wants to
/// know.
/// </summary>
internal sealed partial class QueueDepthService(
    EventQueue queue, WebhooksMetrics metrics, TimeProvider clock, ILogger<QueueDepthService> logger)
    : PeriodicService(TimeSpan.FromSeconds(30), clock)
{
    protected override async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        if (metrics.WantsQueue)
        {
            var (events, poison) = await queue.CountAsync(cancellationToken);
            metrics.QueueCounted(events, poison);
        }
    }

    // The listener says that the queue is away, and the metric has a gap.
    protected override void Failed(Exception failure) => LogFailed(failure);

    [LoggerMessage(1, LogLevel.Debug, "webhook messages on the queue could not be counted; it is tried again in half a minute")]
    private partial void LogFailed(Exception failure);
}
