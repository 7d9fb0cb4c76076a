using Webhooks.Core.Postgres;
using Webhooks.Core.Redaction;

namespace Webhooks.Server.Engine;

/// <summary>
/// The chore that keeps the partitions ahead of time, and erases payloads whose time is over: when the process starts, and every hour.
/// </summary>
internal sealed partial class MaintenanceService(
    PartitionMaintenance partitions,
    ExpiredPayloads payloads,
    DatabaseSessions sessions,
    TimeProvider clock,
    ILogger<MaintenanceService> logger)
    : PeriodicService(TimeSpan.FromHours(1), clock)
{
    /// <summary>Nothing that is old is taken for old while clocks differ.</summary>
    protected override async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        if (await partitions.RunAsync(cancellationToken))
        {
            await payloads.EraseAsync(cancellationToken);
        }
    }

    // A failure costs nothing yet: partitions are made weeks ahead.
    protected override void Failed(Exception failure)
    {
        sessions.Heed(failure);
        LogFailed(failure);
    }

    [LoggerMessage(1, LogLevel.Error, "webhook table maintenance failed; it is tried again in an hour")]
    private partial void LogFailed(Exception failure);
}
