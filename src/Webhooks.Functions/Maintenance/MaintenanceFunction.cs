using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Webhooks.Core.Alerts;
using Webhooks.Core.Organizations;
using Webhooks.Core.Postgres;
using Webhooks.Core.Pull;
using Webhooks.Core.Redaction;
using Webhooks.Core.Signals;
using Webhooks.Core.Statistics;
using Webhooks.Core.Telemetry;

namespace Webhooks.Functions.Maintenance;

/// <summary>
/// The chores, on one instance at a time: every minute the sweep, pulled deliveries that were not answered, statistics, alerts, operational
/// events, erasures and the count of pending deliveries, and once an hour partitions and finished orchestrations.
/// </summary>
public sealed partial class MaintenanceFunction(
    StrandedDeliveries stranded,
    StrandedRecoveries recoveries,
    PullMaintenance pulls,
    SignalPublisher signals,
    StatisticsFolding statistics,
    OrganizationErasures erasures,
    FailureRateAlerts alerts,
    PendingCount pending,
    PartitionMaintenance partitions,
    ExpiredPayloads payloads,
    FinishedOrchestrations orchestrations,
    TimeProvider clock,
    ILogger<MaintenanceFunction> logger)
{
    /// <summary>With one organization, so that the other chores are done in time.</summary>
    private static readonly TimeSpan _erasurePatience = TimeSpan.FromSeconds(20);

    /// <summary>Does what is due. A chore that fails does not keep the others from being done.</summary>
    /// <exception cref="AggregateException">Chores failed.</exception>
    [Function("Maintenance")]
    public async Task RunAsync(
        [TimerTrigger("0 * * * * *")] TimerInfo timer,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken)
    {
        var failures = new List<Exception>();
        await TryAsync("the sweep", stranded.RunAsync);
        await TryAsync("the sweep of recoveries", cancel => recoveries.RunAsync(client, cancel));
        await TryAsync("pulled deliveries", pulls.RunAsync);
        await TryAsync("statistics", statistics.RunAsync);
        await TryAsync("alerts", alerts.RunAsync);
        await TryAsync("operational events", signals.RunAsync);
        await TryAsync("erasures of organizations", cancel => erasures.RunAsync(_erasurePatience, cancel));
        await TryAsync("the count of pending deliveries", pending.RunAsync);
        if (IsFirstOfHour(timer))
        {
            await TryAsync("partitions and payloads", DropAndEraseAsync);
            await TryAsync("finished orchestrations", cancel => orchestrations.PurgeAsync(client, cancel));
        }

        if (failures.Count > 0)
        {
            throw new AggregateException(failures);
        }

        async Task TryAsync(string chore, Func<CancellationToken, Task> work)
        {
            try
            {
                await work(cancellationToken);
            }
            catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
            {
                LogFailed(failure, chore);
                failures.Add(failure);
            }
        }
    }

    /// <summary>Nothing that is old is taken for old while clocks differ.</summary>
    private async Task DropAndEraseAsync(CancellationToken cancellationToken)
    {
        if (await partitions.RunAsync(cancellationToken))
        {
            await payloads.EraseAsync(cancellationToken);
        }
    }

    /// <summary>By the schedule's memory, so that an hour whose first minute the app slept through is not left out.</summary>
    private bool IsFirstOfHour(TimerInfo timer)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        return timer.ScheduleStatus?.Last.ToUniversalTime() is not { } last || Hour(last) != Hour(now);
    }

    private static DateTime Hour(DateTime time) => time.Date.AddHours(time.Hour);

    [LoggerMessage(1, LogLevel.Error, "webhook maintenance failed at {Chore}; it is tried again when it is next due")]
    private partial void LogFailed(Exception failure, string chore);
}
