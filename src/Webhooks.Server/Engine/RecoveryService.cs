using Webhooks.Core.Postgres;
using Webhooks.Core.Recoveries;

namespace Webhooks.Server.Engine;

/// <summary>
/// The chore that runs the recoveries of all webhooks, step by step in turn. Several servers share the steps; where one ends, others go on.
/// </summary>
internal sealed partial class RecoveryService(
    RecoveryProgress progress, RecoveryRunner runner, DatabaseSessions sessions, TimeProvider clock, ILogger<RecoveryService> logger)
    : PeriodicService(_interval, clock)
{
    private const int MostAtOnce = 100;

    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(1);

    /// <summary>Makes steps for as long as one is due.</summary>
    protected override async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        var resting = new HashSet<Guid>();
        while (await FindDueAsync(resting, cancellationToken) is { Count: > 0 } due)
        {
            foreach (var recovery in due)
            {
                if (!await IsDueAgainAsync(recovery, cancellationToken))
                {
                    resting.Add(recovery);
                }
            }
        }
    }

    protected override void Failed(Exception failure)
    {
        sessions.Heed(failure);
        LogNotFound(failure.Message);
    }

    private async Task<IReadOnlyList<Guid>> FindDueAsync(HashSet<Guid> resting, CancellationToken cancellationToken) =>
        [.. (await progress.DueAsync(TimeSpan.Zero, MostAtOnce, cancellationToken)).Except(resting)];

    /// <summary>Makes a step. When it fails, it is made again in a second, and does not keep others from being made.</summary>
    private async Task<bool> IsDueAgainAsync(Guid recovery, CancellationToken cancellationToken)
    {
        try
        {
            var step = await runner.StepAsync(recovery, cancellationToken);
            return step?.NextIn is { } nextIn && nextIn <= TimeSpan.Zero;
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            sessions.Heed(failure);
            LogFailed(recovery, failure);
            return false;
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "webhook recoveries could not be looked for ({Reason}); they go on when they can be")]
    private partial void LogNotFound(string reason);

    [LoggerMessage(2, LogLevel.Error, "webhook recovery {RecoveryId}: a step failed and had no effect; it is made again")]
    private partial void LogFailed(Guid recoveryId, Exception failure);
}
