using Webhooks.Core.Postgres;
using Webhooks.Core.Webhooks;

namespace Webhooks.Server.Engine;

/// <summary>
/// The chore by which a change of a webhook holds within a second for what this server had claimed before it: that is given back, to be
/// claimed with the webhook's URL and secrets as they are now.
/// </summary>
/// <remarks>
/// It looks, and is not told, so that it works behind a pooler, too, and when the overlap of two secrets ends. An idle server does not ask.
/// </remarks>
internal sealed partial class LaneRenewal(
    ChangedWebhooks webhooks, WebhookLanes lanes, DatabaseSessions sessions, TimeProvider clock, ILogger<LaneRenewal> logger)
    : PeriodicService(_interval, clock)
{
    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(400);

    /// <summary>
    /// A change is seen for this long after it was made, because statements that began before it bring their claims late.
    /// </summary>
    private static readonly TimeSpan _overlap = TimeSpan.FromSeconds(10);

    private Dictionary<(Guid WebhookId, DateTimeOffset At), TimeSpan> _seen = [];
    private TimeSpan _lastLook;

    protected override async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        var now = lanes.Now;
        if (lanes.Queued > 0)
        {
            var changes = await webhooks.FindAsync(now - _lastLook + _overlap, cancellationToken);

            // Only what was asked for after a change had been seen is sure to know of it.
            var seenAt = lanes.Now;
            _seen = changes.Distinct().ToDictionary(change => change, change => _seen.GetValueOrDefault(change, seenAt));
            foreach (var (change, at) in _seen)
            {
                lanes.Renew(change.WebhookId, at);
            }
        }

        _lastLook = now;
    }

    // The next look covers the time of this one.
    protected override void Failed(Exception failure)
    {
        sessions.Heed(failure);
        LogFailed(failure.Message);
    }

    [LoggerMessage(
        1,
        LogLevel.Warning,
        "webhook changes could not be looked for ({Reason}); what is claimed already may go out as it was for a while")]
    private partial void LogFailed(string reason);
}
