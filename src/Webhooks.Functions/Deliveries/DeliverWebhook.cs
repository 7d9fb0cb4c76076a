using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Webhooks.Functions.Deliveries;

/// <summary>
/// A delivery from its first attempt to its last: attempt, sleep until the time that the attempt returned, and again, until the delivery is
/// finished.
/// </summary>
/// <remarks>
/// Runs again from its start at every step, so it only awaits what the context offers. Orchestrations sleep for hours, through deployments:
/// what this function asks of the context, and in which order, must stay as it is. Different steps are a new orchestrator with a new name
/// (docs/functions.md, "Changing the orchestrator").
/// </remarks>
public static class DeliverWebhook
{
    /// <summary>Delivers.</summary>
    /// <returns>The delivery's last status.</returns>
    [Function(nameof(DeliverWebhook))]
    public static async Task<string> RunAsync([OrchestrationTrigger] TaskOrchestrationContext context, DeliveryInput input)
    {
        var result = await AttemptAsync(context, input);
        while (result.NextAttemptAt is { } next)
        {
            await context.CreateTimer(next.ToUniversalTime(), CancellationToken.None);
            result = await AttemptAsync(context, input);
        }

        return result.Status;
    }

    private static async Task<AttemptResult> AttemptAsync(TaskOrchestrationContext context, DeliveryInput input)
    {
        var result = await context.CallActivityAsync<AttemptResult>(nameof(AttemptDelivery), input, Orchestrations.ActivityRetry);
        context.SetCustomStatus(new DeliveryProgress(result.Attempt, result.LastStatus, result.NextAttemptAt, result.Held));
        return result;
    }
}
