namespace Webhooks.Core.Transforms;

/// <summary>The runner of scripts, for deliveries and for whoever tries one.</summary>
public sealed class TransformRunner(WebhooksOptions options) : IDisposable
{
    private readonly TransformThreads _threads = new();

    /// <summary>How long a script waits for its turn. If it gets it then, its delivery's attempt ends within the lease.</summary>
    internal TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Runs a script of an organization.</summary>
    /// <exception cref="OperationCanceledException">The token was canceled before its turn.</exception>
    /// <exception cref="TransformsBusyException">It did not get its turn.</exception>
    public Task<TransformOutcome> RunAsync(
        Guid orgId, TransformScript script, TransformInput input, CancellationToken cancellationToken) =>
        _threads.RunAsync(orgId, () => Run(script, input), Patience, cancellationToken);

    public void Dispose() => _threads.Dispose();

    /// <summary>All in one turn: however many wait for theirs, each turn brings one of them to its end.</summary>
    private TransformOutcome Run(TransformScript script, TransformInput input)
    {
        for (var run = 0; run < TransformLimits.Runs; run++)
        {
            if (TransformRun.Run(script, input, options.Limits.EventBytes) is { } outcome)
            {
                return outcome;
            }
        }

        return TransformRun.OutOfTime;
    }
}
