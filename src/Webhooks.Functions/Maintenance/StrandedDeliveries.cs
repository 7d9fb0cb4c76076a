using Microsoft.Extensions.Logging;
using Webhooks.Core.Deliveries;

namespace Webhooks.Functions.Maintenance;

/// <summary>
/// Deliveries that should be under way and are not, and are started again: their enqueueing failed after the commit, or their orchestration
/// failed. One whose orchestration runs is left alone by it, so doing this once too often is harmless.
/// </summary>
public sealed partial class StrandedDeliveries(
    PendingDeliveries pending,
    IDeliveryDispatch dispatch,
    MaintenanceOptions options,
    ILogger<StrandedDeliveries> logger)
{
    /// <summary>Of one run; the next one takes what is left.</summary>
    private const int MostPerRun = 3200;

    /// <summary>Finds and enqueues them.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var stranded = await pending.StrandedAsync(options.StrandedAfter, MostPerRun, cancellationToken);
        if (stranded.Count > 0)
        {
            LogFound(stranded.Count);
            await dispatch.DispatchAsync(stranded, cancellationToken);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "webhook sweep found {Count} stranded deliveries and has them started again")]
    private partial void LogFound(int count);
}
