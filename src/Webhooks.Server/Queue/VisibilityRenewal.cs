namespace Webhooks.Server.Queue;

/// <summary>The renewal that keeps a message from others for as long as it is in hand.</summary>
internal sealed class VisibilityRenewal : IAsyncDisposable
{
    /// <summary>Renewals within the time that one gives: two may fail before the message gets lost.</summary>
    private const int PerVisibility = 3;

    /// <summary>
    /// How much longer a renewal may keep the message than the first one, so that what is in hand for long costs few requests.
    /// </summary>
    private const int MostVisibilities = 10;

    private readonly EventQueue _queue;
    private readonly Availability _storage;
    private readonly CancellationTokenSource _end = new();
    private readonly Task _renewing;

    private VisibilityRenewal(
        EventQueue queue,
        Availability storage,
        HeldMessage message,
        TimeSpan visibility,
        TimeProvider clock,
        CancellationToken cancellationToken)
    {
        _queue = queue;
        _storage = storage;
        _renewing = RenewAsync(message, visibility, clock, cancellationToken);
    }

    /// <summary>Begins to renew.</summary>
    /// <param name="queue">The message's queue.</param>
    /// <param name="storage">Is told when that cannot be used.</param>
    /// <param name="message">The message.</param>
    /// <param name="visibility">For how long it was received.</param>
    /// <param name="clock">Measures that.</param>
    /// <param name="cancellationToken">Ends also a request that is under way.</param>
    public static VisibilityRenewal Start(
        EventQueue queue,
        Availability storage,
        HeldMessage message,
        TimeSpan visibility,
        TimeProvider clock,
        CancellationToken cancellationToken) =>
        new(queue, storage, message, visibility, clock, cancellationToken);

    /// <summary>Ends the renewing once the request under way is answered: only then is the message's receipt the current one.</summary>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _renewing;
        _end.Dispose();
    }

    private async Task RenewAsync(HeldMessage message, TimeSpan visibility, TimeProvider clock, CancellationToken cancellationToken)
    {
        var longest = MostVisibilities * visibility;
        while (await PassesAsync(visibility / PerVisibility, clock))
        {
            visibility = 2 * visibility < longest ? 2 * visibility : longest;
            if (!await RenewAsync(message, visibility, cancellationToken))
            {
                return;
            }
        }
    }

    /// <summary>Whether the time passes before the renewing ends.</summary>
    private async Task<bool> PassesAsync(TimeSpan time, TimeProvider clock)
    {
        await Task.Delay(time, clock, _end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !_end.IsCancellationRequested;
    }

    /// <returns>Whether there is sense in renewing it again.</returns>
    private async Task<bool> RenewAsync(HeldMessage message, TimeSpan visibility, CancellationToken cancellationToken)
    {
        try
        {
            return await _queue.RenewAsync(message, visibility, cancellationToken);
        }
        catch (Exception failure) when (EventQueue.IsFailure(failure))
        {
            _storage.Lost(failure);
            return !cancellationToken.IsCancellationRequested;
        }
    }
}
