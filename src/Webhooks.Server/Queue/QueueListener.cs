using Webhooks.Server.Engine;

namespace Webhooks.Server.Queue;

/// <summary>
/// The listener that publishes the events which arrive on the storage queue: it receives a batch, publishes its events, and removes each
/// message once its event is committed. What takes long is set aside and blocks nobody, and neither does what can never be published, which
/// goes to the poison queue.
/// </summary>
internal sealed partial class QueueListener(
    QueueListenerOptions options,
    EventQueue queue,
    BatchPublisher publisher,
    TimeProvider clock,
    ILogger<QueueListener> logger) : BackgroundService
{
    private const int ConcurrentRequestsPerBatch = 8;

    /// <summary>Messages in hand whose events make very many deliveries, besides the batches. Their bodies are 64 KB at most.</summary>
    private const int MostSetAside = 1024;

    private static readonly TimeSpan _longestIdle = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long a stop waits for the batch that has been asked for. The storage service may have taken its messages from the queue already,
    /// and if nobody hears the answer, nobody sees them before <see cref="QueueListenerOptions.Visibility"/> has passed.
    /// </summary>
    private static readonly TimeSpan _lastBatchWithin = TimeSpan.FromSeconds(2);

    private readonly Availability _storage = new("the storage queue", logger);
    private readonly SemaphoreSlim _slots = new(options.MaxBatches);
    private readonly SemaphoreSlim _aside = new(MostSetAside);
    private readonly SemaphoreSlim _requests = new(options.MaxBatches * ConcurrentRequestsPerBatch);
    private readonly CancellationTokenSource _asking = new();
    private readonly CancellationTokenSource _abort = new();

    private volatile bool _hasQueues;
    private int _notFinished;

    /// <summary>Asks for no more, and lets the batches in hand be finished, and the one that has been asked for.</summary>
    /// <param name="cancellationToken">Aborts them; their messages become visible again.</param>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _asking.CancelAfter(_lastBatchWithin);
        await base.StopAsync(cancellationToken);

        // Either they are finished, or their time is up.
        await _abort.CancelAsync();
        await (ExecuteTask ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_notFinished > 0)
        {
            LogNotFinished(_notFinished);
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        _slots.Dispose();
        _aside.Dispose();
        _requests.Dispose();
        _asking.Dispose();
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
            await publisher.RefreshAsync(_abort.Token);
            inHand.AddRange(Handle(batch, stoppingToken));
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

            var batch = await queue.ReceiveAsync(_asking.Token);
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

    /// <summary>Begins to handle a batch, whose slot is free again when only messages that are set aside are left of it.</summary>
    private IEnumerable<Task> Handle(IReadOnlyList<HeldMessage> batch, CancellationToken stoppingToken)
    {
        var messages = publisher.Publish(batch, giveUp: stoppingToken, _abort.Token);
        var finished = messages.Select(HandleAsync).ToArray();
        return [.. finished, FreeSlotAsync(messages, finished)];
    }

    private async Task FreeSlotAsync(IReadOnlyList<MessageInHand> messages, Task[] finished)
    {
        try
        {
            for (var index = 0; index < finished.Length; index++)
            {
                if (await Task.WhenAny(finished[index], messages[index].SetAside) == messages[index].SetAside)
                {
                    await _aside.WaitAsync(_abort.Token);
                    _ = finished[index].ContinueWith(
                        _ => _aside.Release(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Nothing is received any more.
        }
        finally
        {
            _slots.Release();
        }
    }

    private async Task HandleAsync(MessageInHand inHand)
    {
        try
        {
            var outcome = await OutcomeAsync(inHand);
            await _requests.WaitAsync(_abort.Token);
            try
            {
                await SettleAsync(inHand.Message, outcome, _abort.Token);
            }
            finally
            {
                _requests.Release();
            }
        }
        catch (OperationCanceledException)
        {
            // It stops. What is committed is not published twice.
            Interlocked.Increment(ref _notFinished);
        }
        catch (Exception failure)
        {
            LogFailed(inHand.Message.Id, failure);
        }
    }

    /// <summary>The outcome, once there is one. Until then, the message is kept from others.</summary>
    private async Task<MessageOutcome> OutcomeAsync(MessageInHand inHand)
    {
        await using var renewal = VisibilityRenewal.Start(queue, _storage, inHand.Message, options.Visibility, clock, _abort.Token);
        return await inHand.Outcome;
    }

    private async Task SettleAsync(HeldMessage message, MessageOutcome outcome, CancellationToken cancellationToken)
    {
        try
        {
            switch (outcome)
            {
                case MessageOutcome.Published:
                    await queue.DeleteAsync(message, cancellationToken);
                    break;
                case MessageOutcome.Dropped dropped:
                    await queue.DeleteAsync(message, cancellationToken);
                    LogDropped(message.Id, dropped.OrgId);
                    break;
                case MessageOutcome.Later later:
                    await queue.RenewAsync(message, later.After, cancellationToken);
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

    [LoggerMessage(1, LogLevel.Warning,
        "webhook event message {MessageId} cannot be published and went to the queue {PoisonQueue}: {Reason}")]
    private partial void LogPoison(string messageId, string poisonQueue, string reason);

    [LoggerMessage(2, LogLevel.Warning,
        "webhook event message {MessageId} could not be published and is tried again, received {Receives} times: {Reason}")]
    private partial void LogTryAgain(string messageId, long receives, string reason);

    [LoggerMessage(3, LogLevel.Warning, "webhook event messages were not finished and become visible again: {Count}")]
    private partial void LogNotFinished(int count);

    [LoggerMessage(5, LogLevel.Warning, "webhook event message {MessageId} is dropped: its organization {OrgId} is erased")]
    private partial void LogDropped(string messageId, Guid orgId);

    [LoggerMessage(4, LogLevel.Warning, "webhook event message {MessageId} was not finished and becomes visible again")]
    private partial void LogFailed(string messageId, Exception failure);
}
