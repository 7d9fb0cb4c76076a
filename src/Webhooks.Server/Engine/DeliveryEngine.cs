using Webhooks.Core.Deliveries;

namespace Webhooks.Server.Engine;

/// <summary>Delivers what is due, from the start of the process to its end. Several engines may share a database.</summary>
internal sealed partial class DeliveryEngine(
    DeliveryClaimer claimer,
    DeliveryNotifications notifications,
    WebhookLanes lanes,
    AttemptSlots slots,
    ResultRecorder recorder,
    DeliveryStore deliveries,
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
        var listening = notifications.RunAsync(stoppingToken);
        lanes.TakeIn();
        await claimer.RunAsync(stoppingToken, abandon.Token);
        await listening;

        await ReleaseAsync(lanes.Close(), abandon.Token);
        var aborted = await slots.DrainAsync(drainTimedOut.Token);
        recorder.Complete();
        await recording;
        await ReleaseAsync(aborted, abandon.Token);
        LogStopped();
    }

    private async Task ReleaseAsync(IReadOnlyCollection<ClaimedDelivery> claims, CancellationToken cancellationToken)
    {
        if (claims.Count == 0)
        {
            return;
        }

        try
        {
            await deliveries.ReleaseAsync(claims, cancellationToken);
            LogReleased(claims.Count);
        }
        catch (Exception failure)
        {
            LogNotReleased(claims.Count, failure);
        }
    }

    [LoggerMessage(1, LogLevel.Information, "webhook delivery engine started: up to {MaxInFlight} attempts at once, {MaxInFlightPerWebhook} to one webhook")]
    private partial void LogStarted(int maxInFlight, int maxInFlightPerWebhook);

    [LoggerMessage(2, LogLevel.Information, "webhook delivery engine stopped")]
    private partial void LogStopped();

    [LoggerMessage(3, LogLevel.Information, "webhook deliveries given back: {Count}; they are due at once")]
    private partial void LogReleased(int count);

    [LoggerMessage(4, LogLevel.Warning, "webhook deliveries not given back: {Count}; they are due when their leases end")]
    private partial void LogNotReleased(int count, Exception failure);
}
