using Webhooks.Core.Alerts;
using Webhooks.Core.Postgres;

namespace Webhooks.Server.Engine;

/// <summary>The chore that judges every minute whether organizations are to be told that attempts fail.</summary>
internal sealed partial class AlertService(
    FailureRateAlerts alerts, DatabaseSessions sessions, TimeProvider clock, ILogger<AlertService> logger)
    : PeriodicService(TimeSpan.FromMinutes(1), clock)
{
    protected override Task RunOnceAsync(CancellationToken cancellationToken) => alerts.RunAsync(cancellationToken);

    protected override void Failed(Exception failure)
    {
        sessions.Heed(failure);
        LogFailed(failure.Message);
    }

    [LoggerMessage(1, LogLevel.Warning, "webhook alerts could not be judged ({Reason}); it is tried again in a minute")]
    private partial void LogFailed(string reason);
}
