using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using OrchestrationAlreadyExistsException = DurableTask.Core.Exceptions.OrchestrationAlreadyExistsException;

namespace Webhooks.Functions;

/// <summary>
/// What the orchestrations have in common. The row that each is about, and not the orchestration, says what there is to do.
/// </summary>
internal static class Orchestrations
{
    /// <summary>
    /// For what fails in an activity (the database): 5 s to 80 s between six tries. After that the sweep starts the orchestration again.
    /// </summary>
    public static readonly TaskOptions ActivityRetry = TaskOptions.FromRetryPolicy(new RetryPolicy(
        maxNumberOfAttempts: 6,
        firstRetryInterval: TimeSpan.FromSeconds(5),
        backoffCoefficient: 2,
        maxRetryInterval: TimeSpan.FromMinutes(2)));

    /// <summary>Starts an orchestration, unless one with its id is running already.</summary>
    /// <returns>Whether none was running.</returns>
    public static async Task<bool> TryStartAsync(this DurableTaskClient client, string orchestrator, object input, string instanceId)
    {
        try
        {
            await client.ScheduleNewOrchestrationInstanceAsync(
                orchestrator, input, new StartOrchestrationOptions(InstanceId: instanceId), CancellationToken.None);
            return true;
        }
        catch (OrchestrationAlreadyExistsException)
        {
            return false;
        }
    }
}
