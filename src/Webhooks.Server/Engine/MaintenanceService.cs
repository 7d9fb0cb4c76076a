using Webhooks.Core.Postgres;

namespace Webhooks.Server.Engine;

/// <summary>Keeps the partitions ahead of time: when the process starts, and every hour.</summary>
internal sealed partial class MaintenanceService(
    PartitionMaintenance partitions, DatabaseSessions sessions, TimeProvider clock, ILogger<MaintenanceService> logger)
    : PeriodicService(TimeSpan.FromHours(1), clock)
{
    protected override Task RunOnceAsync(CancellationToken cancellationToken) => partitions.RunAsync(cancellationToken);

    // A failure costs nothing yet: partitions are made weeks ahead.
    protected override void Failed(Exception failure)
    {
        sessions.Heed(failure);
        LogFailed(failure);
    }

    [LoggerMessage(1, LogLevel.Error, "webhook table maintenance failed; it is tried again in an hour")]
    private partial void LogFailed(Exception failure);
}
