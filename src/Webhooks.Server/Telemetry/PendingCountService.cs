using Webhooks.Core.Telemetry;

namespace Webhooks.Server.Telemetry;

/// <summary>
/// The chore that has pending deliveries counted every half a minute. Each of several servers on a database counts and reports the same.
/// </summary>
internal sealed partial class PendingCountService(PendingCount pending, TimeProvider clock, ILogger<PendingCountService> logger)
    : PeriodicService(TimeSpan.FromSeconds(30), clock)
{
    protected override Task RunOnceAsync(CancellationToken cancellationToken) => pending.RunAsync(cancellationToken);

    // The engine says that the database is away, and the metric has a gap.
    protected override void Failed(Exception failure) => LogFailed(failure);

    [LoggerMessage(1, LogLevel.Debug, "webhook deliveries that are pending could not be counted; it is tried again in half a minute")]
    private partial void LogFailed(Exception failure);
}
