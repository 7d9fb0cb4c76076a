using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Webhooks.Core.Recoveries;
using Webhooks.Functions.Recoveries;

namespace Webhooks.Functions.Maintenance;

/// <summary>
/// Recoveries that should be under way and are not, and are started again: their start failed after the commit, or their orchestration
/// failed. One whose orchestration runs is left alone by it.
/// </summary>
public sealed partial class StrandedRecoveries(
    RecoveryProgress progress, RecoveryStarter starter, MaintenanceOptions options, ILogger<StrandedRecoveries> logger)
{
    /// <summary>Of one run; the next one takes what is left.</summary>
    private const int MostPerRun = 100;

    /// <summary>Finds and starts them.</summary>
    public async Task RunAsync(DurableTaskClient client, CancellationToken cancellationToken)
    {
        var stranded = await progress.DueAsync(options.StrandedAfter, MostPerRun, cancellationToken);
        if (stranded.Count > 0)
        {
            LogFound(stranded.Count);
        }

        foreach (var recovery in stranded)
        {
            await starter.StartAsync(client, recovery);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "webhook sweep found {Count} stranded recoveries and starts them again")]
    private partial void LogFound(int count);
}
