namespace Webhooks.Core.Transforms;

/// <summary>The runner of scripts, for deliveries and for whoever tries one.</summary>
public sealed class TransformRunner(WebhooksOptions options) : IDisposable
{
    private readonly TransformThreads _threads = new();

    /// <summary>Runs a script of an organization.</summary>
    /// <exception cref="OperationCanceledException">The token was canceled before its turn.</exception>
    public async Task<TransformOutcome> RunAsync(
        Guid orgId, TransformScript script, TransformInput input, CancellationToken cancellationToken)
    {
        for (var run = 0; run < TransformLimits.Runs; run++)
        {
            var outcome = await _threads.RunAsync(
                orgId, () => TransformRun.Run(script, input, options.Limits.EventBytes), cancellationToken);
            if (outcome is not null)
            {
                return outcome;
            }
        }

        return TransformRun.OutOfTime;
    }

    public void Dispose() => _threads.Dispose();
}
