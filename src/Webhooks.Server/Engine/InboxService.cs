using Webhooks.Core.Inbox;
using Webhooks.Core.Postgres;

namespace Webhooks.Server.Engine;

/// <summary>
/// The chore that fans out events which were published in transactions: when it is told of one, and once a second, for those that it was
/// not told of, that wait for a limit, or that a server had taken which ended.
/// </summary>
internal sealed partial class InboxService(
    InboxPublisher publisher,
    [FromKeyedServices(InboxService.Signal)] DueSignal signal,
    DatabaseSessions sessions,
    TimeProvider clock,
    ILogger<InboxService> logger) : BackgroundService
{
    /// <summary>The key of the signal that wakes it.</summary>
    public const string Signal = "inbox";

    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var told = Task.CompletedTask;
        while (!stoppingToken.IsCancellationRequested)
        {
            if (told.IsCompleted)
            {
                told = signal.WaitAsync(stoppingToken).AsTask();
            }

            await TryAsync(stoppingToken);
            await Task.WhenAny(told, Task.Delay(_interval, clock, stoppingToken));
        }
    }

    private async Task TryAsync(CancellationToken stopping)
    {
        try
        {
            await publisher.RunAsync(stopping);
        }
        catch (Exception failure) when (!stopping.IsCancellationRequested)
        {
            sessions.Heed(failure);
            LogFailed(failure.Message);
        }
        catch (OperationCanceledException)
        {
            // That is how it ends.
        }
    }

    [LoggerMessage(
        1, LogLevel.Warning, "webhook events that were published in transactions could not be fanned out ({Reason}); they will be")]
    private partial void LogFailed(string reason);
}
