using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Webhooks.Functions.Recoveries;

/// <summary>
/// A recovery from its beginning, or from where it was resumed, until it is finished, paused or canceled: the pages that are due, sleep
/// until the next are, and again.
/// </summary>
/// <remarks>
/// Runs again from its start at every step, so it only awaits what the context offers; what it asks of the context, and in which order,
/// must stay as it is, as that of <see cref="Deliveries.DeliverWebhook"/>. What has been done is in the recovery's row, and not in its
/// history, which begins anew before it is long.
/// </remarks>
public static class RecoverWebhook
{
    /// <summary>How many times the activity is called until the history begins anew.</summary>
    internal const int CallsInHistory = 50;

    /// <summary>Recovers.</summary>
    /// <returns>The recovery's state.</returns>
    [Function(nameof(RecoverWebhook))]
    public static async Task<string> RunAsync([OrchestrationTrigger] TaskOrchestrationContext context, RecoveryInput input)
    {
        for (var calls = 0; calls < CallsInHistory; calls++)
        {
            var status = await context.CallActivityAsync<RecoveryStatus>(nameof(RecoverPages), input, Orchestrations.ActivityRetry);
            context.SetCustomStatus(status);
            if (status.NextStepAt is not { } next)
            {
                return status.State;
            }

            await context.CreateTimer(next.ToUniversalTime(), CancellationToken.None);
        }

        context.ContinueAsNew(input);
        return "";
    }
}
