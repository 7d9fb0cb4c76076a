using Microsoft.Azure.Functions.Worker;
using Webhooks.Core.Recoveries;

namespace Webhooks.Functions.Recoveries;

/// <summary>
/// The activity that makes the steps of a recovery that are due, and for some seconds those that come due, so that an orchestration's step,
/// which costs many storage requests, is made once for many pages. The row, not the number of calls, says what there is to do.
/// </summary>
public sealed class RecoverPages(RecoveryRunner runner, DatabasePatience patience, TimeProvider clock)
{
    /// <summary>How long one call goes on.</summary>
    private static readonly TimeSpan _longest = TimeSpan.FromSeconds(10);

    /// <summary>Makes steps.</summary>
    /// <returns>Where the recovery stands then, and when to call again.</returns>
    [Function(nameof(RecoverPages))]
    public async Task<RecoveryStatus> RunAsync([ActivityTrigger] RecoveryInput input, CancellationToken cancellationToken)
    {
        var began = clock.GetTimestamp();
        while (true)
        {
            var step = await patience.RunAsync(() => runner.StepAsync(input.RecoveryId, CancellationToken.None), cancellationToken);
            if (step is null)
            {
                return RecoveryStatus.Gone;
            }

            if (step.NextIn is not { } nextIn
                || clock.GetElapsedTime(began) + nextIn > _longest
                || cancellationToken.IsCancellationRequested)
            {
                return RecoveryStatus.After(step, clock.GetUtcNow());
            }

            await Task.Delay(nextIn, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
