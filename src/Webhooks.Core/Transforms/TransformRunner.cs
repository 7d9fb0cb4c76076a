namespace Webhooks.Core.Transforms;

/// <summary>The runner of scripts, for deliveries and for whoever tries one.</summary>
public sealed class TransformRunner(WebhooksOptions options) : IDisposable
{
    private readonly TransformThreads _threads = new(TransformWarmUp.Run);

    /// <summary>How long a script waits for its turn. If it gets it then, its delivery's attempt ends within the lease.</summary>
    internal TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Runs a script of an organization.</summary>
    /// <exception cref="OperationCanceledException">The token was canceled before its turn.</exception>
    /// <exception cref="TransformsBusyException">It did not get its turn.</exception>
    public Task<TransformOutcome> RunAsync(
        Guid orgId, TransformScript script, TransformInput input, CancellationToken cancellationToken)
    {
        var run = 0;
        return _threads.RunAsync(orgId, RunOnce, Patience, cancellationToken);

        TransformOutcome? RunOnce() =>
            TransformRun.Run(script, input, options.Limits.EventBytes) ?? (++run < TransformLimits.Runs ? null : TransformRun.OutOfTime);
    }

    public void Dispose() => _threads.Dispose();
}
