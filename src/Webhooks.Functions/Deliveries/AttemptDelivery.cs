using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using Webhooks.Core;
using Webhooks.Core.Deliveries;
using Webhooks.Core.Secrets;
using Webhooks.Core.Sending;
using Webhooks.Core.Transforms;

namespace Webhooks.Functions.Deliveries;

/// <summary>
/// The activity that makes a delivery's next attempt and records it. It may run more often than the orchestrator asked, for example after a
/// crash: the row, not the number of calls, says whether there is an attempt to make.
/// </summary>
public sealed partial class AttemptDelivery(
    DeliveryStore deliveries,
    PendingDeliveries pending,
    DeliveryAttempter attempter,
    DatabasePatience patience,
    WebhooksOptions options,
    TimeProvider clock,
    ILogger<AttemptDelivery> logger)
{
    /// <summary>
    /// The function's name. The activity has another, the class's: under that name the Durable Task extension logs the beginning and the
    /// end of each call, and host.json can turn that down without what is logged here.
    /// </summary>
    internal const string FunctionName = "DeliveryAttempt";

    /// <summary>How much longer than an attempt a lease is: the time to record it, also when the database is away for a while.</summary>
    internal static readonly TimeSpan LeaseMargin = DatabasePatience.Limit + TimeSpan.FromSeconds(15);

    /// <summary>The shortest wait before a delivery is looked at again that somebody else has just released or is about to.</summary>
    private static readonly TimeSpan _shortestWait = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long an attempt may go on when its instance is being stopped, as at every deployment: the receiver has the request, and would
    /// get it again. The host gives its worker five seconds to end.
    /// </summary>
    private static readonly TimeSpan _stopsWithin = TimeSpan.FromSeconds(4);

    /// <summary>
    /// The shortest and longest wait before a delivery is looked at again whose webhook's secret cannot be decrypted, or whose transform
    /// did not get its turn: as long as it is old already, so that the history of its orchestration does not grow with the minutes that a
    /// key is away.
    /// </summary>
    private static readonly (TimeSpan Least, TimeSpan Most) _waitUntilReady = (TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(15));

    /// <summary>Makes the attempt if it is due and nobody else's. While the secret cannot be decrypted, none is made.</summary>
    /// <returns>Where the delivery stands then, and when to call again.</returns>
    [Function(FunctionName)]
    public async Task<AttemptResult> RunAsync(
        [ActivityTrigger(Activity = nameof(AttemptDelivery))] DeliveryInput input, CancellationToken cancellationToken)
    {
        var claim = await patience.RunAsync(
            () => deliveries.ClaimAsync(input.DeliveryId, options.AttemptTimeout + LeaseMargin, CancellationToken.None), cancellationToken);
        try
        {
            return claim is not null && await AttemptAsync(claim, cancellationToken) is { } result
                ? result
                : await StandAsync(input.DeliveryId, _shortestWait, cancellationToken);
        }
        catch (Exception notReady) when (notReady is SecretUnavailableException or TransformsBusyException)
        {
            // The attempter has told it. A failure would be a stack trace at every try, here and in the host.
            return await StandAsync(input.DeliveryId, WaitUntilReady(claim!), cancellationToken);
        }
    }

    private TimeSpan WaitUntilReady(ClaimedDelivery claim)
    {
        var age = clock.GetUtcNow() - claim.CreatedAt;
        return age < _waitUntilReady.Least ? _waitUntilReady.Least : age > _waitUntilReady.Most ? _waitUntilReady.Most : age;
    }

    /// <summary>Attempts and records. Null when the lease was lost to another claim meanwhile, whose result counts.</summary>
    private async Task<AttemptResult?> AttemptAsync(ClaimedDelivery claim, CancellationToken cancellationToken)
    {
        var result = await MakeAsync(claim, cancellationToken);

        // Not canceled with the function: the request has been sent, and forgetting that would send it again.
        var recorded = await patience.RunAsync(() => deliveries.RecordAsync([result], CancellationToken.None), CancellationToken.None);
        return recorded.Ids.Contains(claim.Id) ? Describe(result) : null;
    }

    private async Task<DeliveryResult> MakeAsync(ClaimedDelivery claim, CancellationToken cancellationToken)
    {
        using var abort = new CancellationTokenSource();
        await using var stopping = cancellationToken.Register(() => abort.CancelAfter(_stopsWithin));
        try
        {
            return await attempter.AttemptAsync(claim, abort.Token);
        }
        catch
        {
            await ReleaseAsync(claim);
            throw;
        }
    }

    /// <summary>So that the next try need not wait for the lease to end. If that is not possible either, it does.</summary>
    private async Task ReleaseAsync(ClaimedDelivery claim)
    {
        try
        {
            await deliveries.ReleaseAsync([claim], CancellationToken.None);
        }
        catch (Exception failure)
        {
            LogNotReleased(failure, claim.WebhookId, claim.Id);
        }
    }

    /// <summary>
    /// Where a delivery stands that is not ours to attempt: finished, not due yet, held until its webhook's pause ends, another's until a
    /// lease ends, or without a secret.
    /// </summary>
    private async Task<AttemptResult> StandAsync(Guid delivery, TimeSpan least, CancellationToken cancellationToken)
    {
        // A row that is gone was dropped by retention: there is nothing to deliver any more.
        var state = await patience.RunAsync(() => pending.FindAsync(delivery, CancellationToken.None), cancellationToken)
            ?? new DeliveryState(DeliveryStatus.Canceled, AttemptsMade: 0, ResponseStatus: null, DueIn: null);
        DateTime? next = state.DueIn is { } dueIn ? (clock.GetUtcNow() + (dueIn > least ? dueIn : least)).UtcDateTime : null;
        return new AttemptResult(
            state.Status.ToText(), state.AttemptsMade, state.ResponseStatus, next, DeliveryHold.From(state.Held));
    }

    private static AttemptResult Describe(DeliveryResult result) => new(
        result.Next.Status.ToText(),
        result.Attempt?.Number ?? result.Delivery.AttemptsMade,
        (result.Attempt?.Outcome as SendOutcome.Answered)?.Status,
        (result.Next as NextStep.RetryAt)?.Time.UtcDateTime);

    [LoggerMessage(1, LogLevel.Warning, "webhook {WebhookId} delivery {DeliveryId} could not be released; it waits until its lease ends")]
    private partial void LogNotReleased(Exception failure, Guid webhookId, Guid deliveryId);
}
