using Microsoft.Extensions.Logging;
using Webhooks.Core.Deliveries;

namespace Webhooks.Core.Recoveries;

/// <summary>
/// The steps of a running recovery, of which a host makes one after the other: each is a few short statements, and what it does is in the
/// recovery's row with it. Hosts that make steps of the same recovery at once do nothing twice.
/// </summary>
public sealed partial class RecoveryRunner(
    RecoveryProgress progress,
    RecoverableDeliveries deliveries,
    IDeliveryDispatch dispatch,
    DeliveryAnnouncement announcement,
    ILogger<RecoveryRunner> logger)
{
    private static readonly TimeSpan _untilOthersAreDone = TimeSpan.FromSeconds(1);

    /// <summary>Makes the next step if it is due.</summary>
    /// <returns>Where the recovery stands then; null when there is none.</returns>
    public async Task<RecoveryStep?> StepAsync(Guid recoveryId, CancellationToken cancellationToken)
    {
        if (await progress.FindAsync(recoveryId, cancellationToken) is not { } stand)
        {
            return null;
        }

        if (stand.Recovery.State != RecoveryState.Running || stand.NextIn > TimeSpan.Zero)
        {
            return StepOf(stand, made: []);
        }

        if (stand.CountIsDue || stand.Exhausted)
        {
            await progress.CountEndedAsync(recoveryId, cancellationToken);
        }

        var made = await AdvanceAsync(stand, cancellationToken);
        if (await progress.FindAsync(recoveryId, cancellationToken) is not { } next)
        {
            return null;
        }

        return made is null && next.NextIn < _untilOthersAreDone
            ? StepOf(next with { NextIn = _untilOthersAreDone }, made: [])
            : StepOf(next, made ?? []);
    }

    /// <returns>The redeliveries that were made; null when somebody else is making them.</returns>
    private async Task<IReadOnlyList<Guid>?> AdvanceAsync(RecoveryStand stand, CancellationToken cancellationToken)
    {
        var recovery = stand.Recovery;
        if (stand.Exhausted)
        {
            await progress.WaitAsync(recovery.Id, cancellationToken);
            await progress.FinishAsync(recovery.Id, cancellationToken);
            return [];
        }

        var pace = RecoveryPace.For(recovery.Rate, await progress.LoadOfAsync(recovery.WebhookId, cancellationToken));
        if (pace.Page == 0)
        {
            await progress.WaitAsync(recovery.Id, cancellationToken);
            return [];
        }

        var made = await deliveries.RedeliverPageAsync(recovery, stand.Position, pace.Page, pace.Rate, cancellationToken);
        if (made is { Count: > 0 })
        {
            await announcement.NotifyAsync();
            await dispatch.DispatchAsync(made, cancellationToken);
        }

        return made;
    }

    private RecoveryStep StepOf(RecoveryStand stand, IReadOnlyList<Guid> made)
    {
        var recovery = stand.Recovery;
        if (recovery.State == RecoveryState.Running)
        {
            return new RecoveryStep(recovery, made, stand.NextIn > TimeSpan.Zero ? stand.NextIn : TimeSpan.Zero);
        }

        LogStopped(
            recovery.WebhookId,
            recovery.Id,
            recovery.State.ToText(),
            recovery.Reason is { } reason ? $" ({reason})" : "",
            recovery.Redelivered,
            recovery.Done,
            recovery.Failed);
        return new RecoveryStep(recovery, made, NextIn: null);
    }

    [LoggerMessage(
        1,
        LogLevel.Information,
        "webhook {WebhookId} recovery {RecoveryId} is {State}{Reason}: {Redelivered} redelivered, {Done} succeeded, {Failed} failed")]
    private partial void LogStopped(
        Guid webhookId, Guid recoveryId, string state, string reason, int redelivered, int done, int failed);
}
