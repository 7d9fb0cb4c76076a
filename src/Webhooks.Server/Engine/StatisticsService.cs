using Webhooks.Core.Postgres;
using Webhooks.Core.Statistics;

namespace Webhooks.Server.Engine;

/// <summary>The chore that adds up what has been counted, every few seconds: what has not been added up, each answer has to.</summary>
internal sealed partial class StatisticsService(
    StatisticsFolding statistics, DatabaseSessions sessions, TimeProvider clock, ILogger<StatisticsService> logger)
    : PeriodicService(TimeSpan.FromSeconds(5), clock)
{
    protected override Task RunOnceAsync(CancellationToken cancellationToken) => statistics.RunAsync(cancellationToken);

    // It is stored: the next run adds it.
    protected override void Failed(Exception failure)
    {
        sessions.Heed(failure);
        LogFailed(failure.Message);
    }

    [LoggerMessage(1, LogLevel.Warning, "webhook statistics could not be added up ({Reason}); it is tried again in seconds")]
    private partial void LogFailed(string reason);
}
