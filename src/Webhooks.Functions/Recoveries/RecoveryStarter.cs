using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace Webhooks.Functions.Recoveries;

/// <summary>
/// The start of a running recovery's orchestration. The recovery's id is the instance id, so that there is only one at a time.
/// </summary>
public sealed partial class RecoveryStarter(ILogger<RecoveryStarter> logger)
{
    /// <summary>Starts it, unless it is running already.</summary>
    public async Task StartAsync(DurableTaskClient client, Guid recovery)
    {
        if (!await client.TryStartAsync(nameof(RecoverWebhook), new RecoveryInput(recovery), InstanceId(recovery)))
        {
            LogRunning(recovery);
        }
    }

    /// <summary>The instance id of a recovery's orchestration.</summary>
    internal static string InstanceId(Guid recovery) => recovery.ToString("D");

    [LoggerMessage(1, LogLevel.Debug, "webhook recovery {RecoveryId} is running already")]
    private partial void LogRunning(Guid recoveryId);
}
