using Webhooks.Server.Engine;

namespace Webhooks.Server.Queue;

/// <summary>
/// Publishes the events that arrive on the storage queue: receives a batch, publishes it in one transaction, and removes its messages
/// once that is committed. What can never be published goes to the poison queue and blocks nobody.
/// </summary>
internal sealed partial class QueueListener(
    QueueListenerOptions options,
    EventQueue queue,
    BatchPublisher publisher,
    TimeProvider clock,
    ILogger<QueueListener> logger) : BackgroundService
{
    private const int ConcurrentRequests = 8;

    private static readonly TimeSpan _longestIdle = TimeSpan.FromSeconds(1);

    private readonly Availability _storage = new("the storage queue", logger);
    private readonly SemaphoreSlim _slots = new(options.MaxBatches);
    private readonly CancellationTokenSource _abort = new();

    private volatile bool _hasQueues;

    /// <summary>Receives no more, and lets the batches in hand be finished.</summary>
    /// <param name="cancellationToken">Aborts them; their messages become visible again.</param>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);

        // Either they are finished, or their time is up.
        await _abort.CancelAsync();
        await (ExecuteTask ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public override void Dispose()
    {
        base.Dispose();
        _slots.Dispose();
        _abort.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var inHand = new List<Task>();
        try
        {
            await ReceiveAsync(inHand, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await Task.WhenAll(inHand);
        }
    }

    /// <summary>Receives batches for as long as there is room for them.</summary>
    /// <param name="inHand">Takes what handles them.</param>
    private async Task ReceiveAsync(List<Task> inHand, CancellationToken stoppingToken)
    {
        var idle = new Backoff(clock, _longestIdle);
        while (true)
        {
            await _slots.WaitAsync(stoppingToken);
            var batch = await ReceiveBatchAsync(stoppingToken);
            if (batch.Count == 0)
            {
                _slots.Release();
                await idle.WaitAsync(stoppingToken);
                continue;
            }

            idle.Reset();
            inHand.RemoveAll(task => task.IsCompleted);
            inHand.Add(HandleAsync(batch, stoppingToken));
        }
    }

    /// <summary>A batch; empty when there is none, and when the storage service cannot be used.</summary>
    private async Task<IReadOnlyList<HeldMessage>> ReceiveBatchAsync(CancellationToken stoppingToken)
    {
        try
        {
            if (!_hasQueues)
            {
                await queue.CreateAsync(stoppingToken);
                _hasQueues = true;
            }

            var batch = await queue.ReceiveAsync(stoppingToken);
            _storage.Available();
            return batch;
        }
        catch (Exception failure) when (EventQueue.IsFailure(failure))
        {
            stoppingToken.ThrowIfCancellationRequested();
            StorageFailed(failure);
            return [];
        }
    }

    private async Task HandleAsync(IReadOnlyList<HeldMessage> batch, CancellationToken stoppingToken)
    {
        try
        {
            var outcomes = await PublishAsync(batch, stoppingToken);
            await Parallel.ForEachAsync(
                outcomes,
                new ParallelOptions { MaxDegreeOfParallelism = ConcurrentRequests, CancellationToken = _abort.Token },
                (outcome, cancellationToken) => SettleAsync(outcome.Key, outcome.Value, cancellationToken));
        }
        catch (Exception failure)
        {
            // Also when it stops before the database is back. The messages become visible again; what is committed is not published twice.
            LogNotFinished(batch.Count, failure);
        }
        finally
        {
            _slots.Release();
        }
    }

    private async Task<IReadOnlyDictionary<HeldMessage, MessageOutcome>> PublishAsync(IReadOnlyList<HeldMessage> batch, CancellationToken stoppingToken)
    {
        await using var renewal = VisibilityRenewal.Start(queue, _storage, batch, options.Visibility, clock, _abort.Token);
        return await publisher.PublishAsync(batch, giveUp: stoppingToken, _abort.Token);
    }

    private async ValueTask SettleAsync(HeldMessage message, MessageOutcome outcome, CancellationToken cancellationToken)
    {
        try
        {
            switch (outcome)
            {
                case MessageOutcome.Published:
                    await queue.DeleteAsync(message, cancellationToken);
                    break;
                case MessageOutcome.Poison poison:
                    await queue.MoveToPoisonAsync(message, cancellationToken);
                    LogPoison(message.Id, options.PoisonQueueName, poison.Reason);
                    break;
                case MessageOutcome.TryAgain again:
                    LogTryAgain(message.Id, message.Receives, again.Reason);
                    break;
            }
        }
        catch (Exception failure) when (EventQueue.IsFailure(failure))
        {
            // It becomes visible again, and is then found to be published already, or goes to the poison queue.
            StorageFailed(failure);
        }
    }

    private void StorageFailed(Exception failure)
    {
        // Perhaps somebody has removed a queue.
        _hasQueues = false;
        _storage.Lost(failure);
    }

    [LoggerMessage(1, LogLevel.Warning, "webhook event message {MessageId} cannot be published and went to the queue {PoisonQueue}: {Reason}")]
    private partial void LogPoison(string messageId, string poisonQueue, string reason);

    [LoggerMessage(2, LogLevel.Warning, "webhook event message {MessageId} could not be published and is tried again, received {Receives} times: {Reason}")]
    private partial void LogTryAgain(string messageId, long receives, string reason);

    [LoggerMessage(3, LogLevel.Warning, "webhook event messages were not finished and become visible again: {Count}")]
    private partial void LogNotFinished(int count, Exception failure);
}
