namespace Webhooks.Server;

/// <summary>
/// A chore that is done when the process starts and then at intervals. When it fails, it is tried again at its next time.
/// </summary>
internal abstract class PeriodicService(TimeSpan interval, TimeProvider clock) : BackgroundService
{
    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(interval, clock);
        try
        {
            do
            {
                await TryAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // That is how it ends.
        }
    }

    /// <summary>Does the chore once.</summary>
    protected abstract Task RunOnceAsync(CancellationToken cancellationToken);

    /// <summary>The chore failed.</summary>
    protected abstract void Failed(Exception failure);

    private async Task TryAsync(CancellationToken stopping)
    {
        try
        {
            await RunOnceAsync(stopping);
        }
        catch (Exception failure) when (!stopping.IsCancellationRequested)
        {
            Failed(failure);
        }
    }
}
