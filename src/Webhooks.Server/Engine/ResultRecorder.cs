using System.Threading.Channels;
using Webhooks.Core.Deliveries;
using Webhooks.Core.Postgres;

namespace Webhooks.Server.Engine;

/// <summary>
/// The recorder of what came of attempts, many in one statement: while one statement runs, the next batch gathers. A result is kept until
/// it is recorded; while the database fails, the lanes pause, so that nothing is attempted that could not be recorded before its lease
/// ends.
/// </summary>
internal sealed partial class ResultRecorder(
    DeliveryStore deliveries,
    WebhookLanes lanes,
    DatabaseAvailability database,
    EngineOptions options,
    TimeProvider clock,
    ILogger<ResultRecorder> logger)
{
    private const int MostPerStatement = 512;
    private const int StatementsAtOnce = 2;

    // What a statement costs apart from its rows is small only among many of them. One that comes alone is recorded at once.
    private static readonly TimeSpan _between = TimeSpan.FromMilliseconds(20);

    private readonly Channel<DeliveryResult> _results = Channel.CreateBounded<DeliveryResult>(options.MaxQueued);
    private int _failing;

    /// <summary>Takes a result; waits when the database is so far behind that many are waiting already.</summary>
    public ValueTask AddAsync(DeliveryResult result, CancellationToken cancellationToken) =>
        _results.Writer.WriteAsync(result, cancellationToken);

    /// <summary>Records what is added until <see cref="Complete"/> was called and all of it is recorded.</summary>
    /// <param name="abandon">Ends it all the same; what is not recorded by then is attempted again.</param>
    public Task RunAsync(CancellationToken abandon) =>
        Task.WhenAll(Enumerable.Range(0, StatementsAtOnce).Select(_ => RecordAllAsync(abandon)));

    /// <summary>No more results come.</summary>
    public void Complete() => _results.Writer.Complete();

    private async Task RecordAllAsync(CancellationToken abandon)
    {
        var batch = new List<DeliveryResult>(MostPerStatement);
        var began = 0L;
        try
        {
            while (await _results.Reader.WaitToReadAsync(abandon))
            {
                await GatherAsync(began, abandon);
                began = clock.GetTimestamp();
                while (batch.Count < MostPerStatement && _results.Reader.TryRead(out var result))
                {
                    batch.Add(result);
                }

                // The other reader may have been quicker.
                if (batch.Count > 0)
                {
                    await RecordAsync(batch, abandon);
                    batch.Clear();
                }
            }
        }
        catch (Exception) when (abandon.IsCancellationRequested)
        {
            LogAbandoned(batch.Count + _results.Reader.Count);
        }
    }

    /// <summary>Waits, shortly after the statement before, for more results than there are.</summary>
    private async Task GatherAsync(long began, CancellationToken abandon)
    {
        var left = _between - clock.GetElapsedTime(began);
        if (began != 0 && left > TimeSpan.Zero && _results.Reader.Count < MostPerStatement)
        {
            await Task.Delay(left, clock, abandon);
        }
    }

    private async Task RecordAsync(List<DeliveryResult> batch, CancellationToken abandon)
    {
        try
        {
            await RecordUntilRecordedAsync(batch, abandon);
        }
        catch (Exception unusable) when (IsDataError(unusable) && batch is [var single])
        {
            LogUnrecordable(single.Delivery.WebhookId, single.Delivery.Id, unusable);
        }
        catch (Exception unusable) when (IsDataError(unusable))
        {
            await RecordOneByOneAsync(batch, abandon);
        }
    }

    private async Task RecordOneByOneAsync(List<DeliveryResult> batch, CancellationToken abandon)
    {
        foreach (var result in batch)
        {
            await RecordAsync([result], abandon);
        }
    }

    private async Task RecordUntilRecordedAsync(List<DeliveryResult> batch, CancellationToken abandon)
    {
        var retry = new DatabaseRetry(database, clock);
        try
        {
            while (await TryRecordAsync(batch, abandon) is { } failure)
            {
                PauseOnFirst(retry);
                await retry.WaitAsync(failure, abandon);
            }
        }
        finally
        {
            ResumeAfterLast(retry);
            retry.End();
        }

        database.Written();
    }

    /// <returns>Null, or why the database did not record the batch and may record it later.</returns>
    private async Task<Exception?> TryRecordAsync(List<DeliveryResult> batch, CancellationToken abandon)
    {
        try
        {
            var recorded = await deliveries.RecordAsync(batch, abandon);
            LogLostLeases(batch, recorded.Ids);
            if (recorded.Changes.Count > 0)
            {
                lanes.Hold(recorded.Changes);
            }

            return null;
        }
        catch (Exception failure) when (!abandon.IsCancellationRequested && !IsDataError(failure))
        {
            return failure;
        }
    }

    private void PauseOnFirst(DatabaseRetry retry)
    {
        if (!retry.Failing && Interlocked.Increment(ref _failing) == 1)
        {
            lanes.Pause();
        }
    }

    private void ResumeAfterLast(DatabaseRetry retry)
    {
        if (retry.Failing && Interlocked.Decrement(ref _failing) == 0)
        {
            lanes.Resume();
        }
    }

    // Beside what PostgreSQL refuses: a value that the client cannot write, for example text that is not Unicode.
    private static bool IsDataError(Exception failure) =>
        DatabaseFailure.IsOfData(failure) || failure is ArgumentException or InvalidCastException;

    private void LogLostLeases(List<DeliveryResult> batch, IReadOnlySet<Guid> recorded)
    {
        if (recorded.Count == batch.Count)
        {
            return;
        }

        foreach (var lost in batch.Where(result => !recorded.Contains(result.Delivery.Id)))
        {
            LogLeaseLost(lost.Delivery.WebhookId, lost.Delivery.Id);
        }
    }

    [LoggerMessage(1, LogLevel.Warning,
        "webhook {WebhookId} delivery {DeliveryId}: the result came after the lease was lost and is not recorded; another claim goes "
        + "on with it")]
    private partial void LogLeaseLost(Guid webhookId, Guid deliveryId);

    [LoggerMessage(2, LogLevel.Error,
        "webhook {WebhookId} delivery {DeliveryId}: the database refuses the result for good; the delivery is attempted again when its "
        + "lease ends")]
    private partial void LogUnrecordable(Guid webhookId, Guid deliveryId, Exception unusable);

    [LoggerMessage(3, LogLevel.Error,
        "webhook results lost: {Count} could not be recorded before the engine had to stop; the attempts are made again")]
    private partial void LogAbandoned(int count);
}
