using System.Collections.Concurrent;
using System.Diagnostics;
using Webhooks.Core;
using Webhooks.Core.Deliveries;
using Webhooks.Core.Health;
using Webhooks.Core.Postgres;
using Webhooks.Core.Secrets;
using Webhooks.Core.Transforms;

namespace Webhooks.Server.Engine;

/// <summary>
/// The slots in which attempts are made: as many at once as the lanes allow. A slot hands its result to the recorder and goes on with the
/// next delivery, so that no slot waits for the database.
/// </summary>
internal sealed partial class AttemptSlots(
    WebhookLanes lanes,
    DeliveryAttempter attempter,
    ResultRecorder recorder,
    WebhookPauses pauses,
    EngineOptions options,
    WebhooksOptions webhooks,
    ILogger<AttemptSlots> logger) : IDisposable
{
    private static readonly TimeSpan _restWithoutDatabase = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _abort = new();
    private readonly ConcurrentQueue<ClaimedDelivery> _aborted = [];
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Slots that run, and one more until draining begins: whoever ends the last completes the drain.
    private int _running = 1;

    /// <summary>Starts what may be started. Every slot's work is awaited by <see cref="DrainAsync"/>.</summary>
    public void Fill()
    {
        while (lanes.TryStart(out var started))
        {
            Interlocked.Increment(ref _running);
            _ = RunAsync(started);
        }
    }

    /// <summary>Lets what is under way finish, and aborts what has not finished in time. The lanes must be closed.</summary>
    /// <param name="timedOut">When it is time to abort.</param>
    /// <returns>The deliveries whose attempt was aborted; their receivers may have got the request all the same.</returns>
    public async Task<IReadOnlyCollection<ClaimedDelivery>> DrainAsync(CancellationToken timedOut)
    {
        End();
        await using var abort = timedOut.Register(Abort);
        await _drained.Task;
        return _aborted;
    }

    public void Dispose() => _abort.Dispose();

    private async Task RunAsync(StartedDelivery started)
    {
        // The caller goes on starting others. It also bounds the stack, when attempts that end without waiting start one another.
        await Task.Yield();
        try
        {
            do
            {
                await AttemptAsync(started);
            }
            while (TryGoOn(out started));
        }
        finally
        {
            End();
        }
    }

    // When the window has grown, there is more to start than the slot that has just become free.
    private bool TryGoOn(out StartedDelivery next)
    {
        if (!lanes.TryStart(out next))
        {
            return false;
        }

        Fill();
        return true;
    }

    private async Task AttemptAsync(StartedDelivery started)
    {
        var delivery = started.Delivery;
        try
        {
            if (started.Lane.NeedsProbe && !delivery.Test
                && await pauses.TryProbeAsync(delivery.WebhookId, options.LeaseFor(webhooks.AttemptTimeout), _abort.Token) is { } pause)
            {
                lanes.Hold(started, pause);
                return;
            }

            var began = Stopwatch.GetTimestamp();
            var result = await attempter.AttemptAsync(delivery, _abort.Token);
            var took = Stopwatch.GetElapsedTime(began);
            await recorder.AddAsync(result, _abort.Token);
            lanes.Finish(started, AsSeenByLane(delivery, result.Attempt, took));
        }
        catch (OperationCanceledException) when (_abort.IsCancellationRequested)
        {
            _aborted.Enqueue(delivery);
            lanes.Finish(started, attempt: null);
        }
        catch (SecretUnavailableException)
        {
            // The attempter has told it.
            lanes.Rest(started, options.RestWithoutSecret);
        }
        catch (TransformsBusyException)
        {
            lanes.Rest(started, options.RestWithoutTransform);
        }
        catch (Exception away) when (DatabaseFailure.IsOutage(away))
        {
            // What is asked before an attempt, such as whether to probe, had no answer: nothing was sent. Others tell of the outage.
            lanes.Rest(started, _restWithoutDatabase);
        }
        catch (Exception unexpected)
        {
            // Its lease is left to end, so that it is tried again, but not at once.
            LogUnexpected(delivery.WebhookId, delivery.Id, unexpected);
            lanes.Finish(started, attempt: null);
        }
    }

    /// <summary>
    /// The waiting for scripts of its organization is part of how slow a webhook with a transform is: so it holds a few slots only, however
    /// many others of the organization wait for the same.
    /// </summary>
    private static Attempt? AsSeenByLane(ClaimedDelivery delivery, Attempt? attempt, TimeSpan took) =>
        delivery.TransformId is null || attempt is null ? attempt : attempt with { Duration = took };

    private void Abort()
    {
        LogAborted(Volatile.Read(ref _running));
        _abort.Cancel();
    }

    private void End()
    {
        if (Interlocked.Decrement(ref _running) == 0)
        {
            _drained.TrySetResult();
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "webhook attempts aborted: {Count} had not ended when the engine had to stop; they are made again")]
    private partial void LogAborted(int count);

    [LoggerMessage(3, LogLevel.Error,
        "webhook {WebhookId} delivery {DeliveryId} could not be attempted; it is tried again when its lease ends")]
    private partial void LogUnexpected(Guid webhookId, Guid deliveryId, Exception unexpected);
}
