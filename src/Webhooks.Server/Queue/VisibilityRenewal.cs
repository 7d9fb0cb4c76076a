namespace Webhooks.Server.Queue;

/// <summary>Keeps a batch from others for as long as it is in hand.</summary>
internal sealed class VisibilityRenewal : IAsyncDisposable
{
    /// <summary>Renewals within the time that one gives: two may fail before a message gets lost.</summary>
    private const int PerVisibility = 3;

    private readonly EventQueue _queue;
    private readonly Availability _storage;
    private readonly CancellationTokenSource _end = new();
    private readonly Task _renewing;

    private VisibilityRenewal(EventQueue queue, Availability storage, IEnumerable<HeldMessage> batch, TimeSpan interval, TimeProvider clock, CancellationToken cancellationToken)
    {
        _queue = queue;
        _storage = storage;
        _renewing = RenewAsync([.. batch], interval, clock, cancellationToken);
    }

    /// <summary>Begins to renew.</summary>
    /// <param name="cancellationToken">Ends also a request that is under way.</param>
    public static VisibilityRenewal Start(
        EventQueue queue, Availability storage, IEnumerable<HeldMessage> batch, TimeSpan visibility, TimeProvider clock, CancellationToken cancellationToken) =>
        new(queue, storage, batch, visibility / PerVisibility, clock, cancellationToken);

    /// <summary>Ends the renewing once the requests under way are answered: only then are the messages' receipts the current ones.</summary>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _renewing;
        _end.Dispose();
    }

    private async Task RenewAsync(List<HeldMessage> messages, TimeSpan interval, TimeProvider clock, CancellationToken cancellationToken)
    {
        while (messages.Count > 0 && await PassesAsync(interval, clock))
        {
            var renewals = await Task.WhenAll(messages.Select(message => RenewAsync(message, cancellationToken)));
            messages = [.. messages.Where((_, index) => renewals[index])];
        }
    }

    /// <summary>Whether the time passes before the renewing ends.</summary>
    private async Task<bool> PassesAsync(TimeSpan time, TimeProvider clock)
    {
        await Task.Delay(time, clock, _end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !_end.IsCancellationRequested;
    }

    /// <returns>Whether there is sense in renewing it again.</returns>
    private async Task<bool> RenewAsync(HeldMessage message, CancellationToken cancellationToken)
    {
        try
        {
            return await _queue.RenewAsync(message, cancellationToken);
        }
        catch (Exception failure) when (EventQueue.IsFailure(failure))
        {
            _storage.Lost(failure);
            return !cancellationToken.IsCancellationRequested;
        }
    }
}
