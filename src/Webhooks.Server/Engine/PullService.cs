using Webhooks.Core.Postgres;
using Webhooks.Core.Pull;

namespace Webhooks.Server.Engine;

/// <summary>The chore that records which pulled deliveries were not answered, every few seconds: their retries count from then.</summary>
internal sealed partial class PullService(
    PullMaintenance pulls, DatabaseSessions sessions, TimeProvider clock, ILogger<PullService> logger)
    : PeriodicService(TimeSpan.FromSeconds(2), clock)
{
    protected override Task RunOnceAsync(CancellationToken cancellationToken) => pulls.RunAsync(cancellationToken);

    // The leases are stored: the next run finds them.
    protected override void Failed(Exception failure)
    {
        sessions.Heed(failure);
        LogFailed(failure.Message);
    }

    [LoggerMessage(
        1, LogLevel.Warning, "webhook deliveries that were pulled could not be looked through ({Reason}); it is tried again in seconds")]
    private partial void LogFailed(string reason);
}
