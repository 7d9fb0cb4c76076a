using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Webhooks.Api.Recoveries;
using Webhooks.Functions.Recoveries;

namespace Webhooks.Functions.Http;

/// <summary>The start of a recovery that asks the task hub to run it.</summary>
internal sealed partial class RecoveryOrchestrationFeature(DurableTaskClient client, RecoveryStarter starter, ILogger logger)
    : IRecoveryOrchestrationFeature
{
    public async Task StartAsync(Guid recovery)
    {
        try
        {
            await starter.StartAsync(client, recovery);
        }
        catch (Exception failure)
        {
            // The recovery is in the database.
            LogNotStarted(failure, recovery);
        }
    }

    [LoggerMessage(1, LogLevel.Error, "webhook recovery {RecoveryId} could not be started; the sweep starts it")]
    private partial void LogNotStarted(Exception failure, Guid recoveryId);
}
