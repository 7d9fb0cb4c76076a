using Microsoft.Extensions.Logging;
using Webhooks.Core.Telemetry;

namespace Webhooks.Core.Health;

/// <summary>The telling of operators what changed of webhooks: a log line and a count for each change.</summary>
public sealed partial class HealthSignals(WebhooksMetrics metrics, ILogger<HealthSignals> logger)
{
    /// <summary>Tells it.</summary>
    public void Tell(IReadOnlyList<HealthChange> changes)
    {
        foreach (var change in changes)
        {
            metrics.HealthChanged(change);
            Log(change);
        }
    }

    private void Log(HealthChange change)
    {
        switch (change)
        {
            case HealthChange.Failing failing:
                LogFailing(failing.WebhookId, failing.ConsecutiveFailures, failing.Since);
                break;
            case HealthChange.Recovered recovered:
                LogRecovered(recovered.WebhookId);
                break;
            case HealthChange.Paused paused:
                LogPaused(paused.WebhookId, (long)Math.Ceiling(paused.Time.TotalSeconds), paused.By);
                break;
            case HealthChange.Resumed resumed:
                LogResumed(resumed.WebhookId);
                break;
            case HealthChange.Disabled disabled:
                LogDisabled(disabled.WebhookId, disabled.Reason);
                break;
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "webhook {WebhookId} is failing: {Count} attempts in a row failed since {Since:O}")]
    private partial void LogFailing(Guid webhookId, int count, DateTimeOffset since);

    [LoggerMessage(2, LogLevel.Information, "webhook {WebhookId} has recovered: an attempt succeeded")]
    private partial void LogRecovered(Guid webhookId);

    [LoggerMessage(3, LogLevel.Warning, "webhook {WebhookId} disabled: {Reason}; its owner may enable it again")]
    private partial void LogDisabled(Guid webhookId, string reason);

    [LoggerMessage(4, LogLevel.Warning, "webhook {WebhookId} is paused for {Seconds} s: {By}; its deliveries are held")]
    private partial void LogPaused(Guid webhookId, long seconds, string by);

    [LoggerMessage(5, LogLevel.Information, "webhook {WebhookId} goes on: its receiver answers again")]
    private partial void LogResumed(Guid webhookId);
}
