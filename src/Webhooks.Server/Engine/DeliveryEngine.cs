namespace Webhooks.Server.Engine;

/// <summary>The engine that delivers what is due, from the start of the process to its end. Several engines may share a database.</summary>
internal sealed partial class DeliveryEngine(
    DeliveryClaimer claimer,
    DeliveryNotifications notifications,
    WebhookLanes lanes,
    AttemptSlots slots,
    ResultRecorder recorder,
    ClaimRelease release,
    EngineOptions options,
    ILogger<DeliveryEngine> logger) : BackgroundService
{
    /// <summary>The time after which an engine has stopped, whatever state receivers and the database are in.</summary>
    public static TimeSpan StopsWithin(EngineOptions options) => options.DrainTimeout + (2 * options.FinishTimeout);

    /// <summary>Claims, attempts and records until it is stopped; then finishes or gives back all that it has claimed.</summary>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        LogStarted(options.MaxInFlight, options.MaxInFlightPerWebhook);
        using var drainTimedOut = new CancellationTokenSource();
        using var abandon = new CancellationTokenSource();
        await using var deadlines = stoppingToken.Register(() =>
        {
            drainTimedOut.CancelAfter(options.DrainTimeout);
            abandon.CancelAfter(options.DrainTimeout + options.FinishTimeout);
        });

        var recording = recorder.RunAsync(abandon.Token);
        var listening = notifications.RunAsync(stoppingToken, abandon.Token);
        await claimer.RunAsync(stoppingToken, abandon.Token);

        await release.ReleaseAsync(lanes.Close(), abandon.Token);
        var aborted = await slots.DrainAsync(drainTimedOut.Token);
        recorder.Complete();
        await recording;
        await release.ReleaseAsync(aborted, abandon.Token);
        await listening;
        LogStopped();
    }

    [LoggerMessage(1, LogLevel.Information,
        "webhook delivery engine started: up to {MaxInFlight} attempts at once, {MaxInFlightPerWebhook} to one webhook")]
    private partial void LogStarted(int maxInFlight, int maxInFlightPerWebhook);

    [LoggerMessage(2, LogLevel.Information, "webhook delivery engine stopped")]
    private partial void LogStopped();
}
