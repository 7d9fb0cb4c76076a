namespace Webhooks.Core.Transforms;

/// <summary>The runner of scripts, for deliveries and for whoever tries one.</summary>
public sealed class TransformRunner(WebhooksOptions options) : IDisposable
{
    private readonly TransformThreads _threads = new();

    /// <summary>How long a run waits for its turn. Three that do, and an attempt, end within the lease of their delivery.</summary>
    internal TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Runs a script of an organization.</summary>
    /// <exception cref="OperationCanceledException">The token was canceled before its turn.</exception>
    /// <exception cref="TransformsBusyException">It did not get its turn.</exception>
    public async Task<TransformOutcome> RunAsync(
        Guid orgId, TransformScript script, TransformInput input, CancellationToken cancellationToken)
    {
        for (var run = 0; run < TransformLimits.Runs; run++)
        {
            var outcome = await _threads.RunAsync(
                orgId, () => TransformRun.Run(script, input, options.Limits.EventBytes), Patience, cancellationToken);
            if (outcome is not null)
            {
                return outcome;
            }
        }

        return TransformRun.OutOfTime;
    }

    public void Dispose() => _threads.Dispose();
}
