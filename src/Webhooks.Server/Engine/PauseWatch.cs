using Webhooks.Core.Health;
using Webhooks.Core.Postgres;

namespace Webhooks.Server.Engine;

/// <summary>
/// The chore that tells the lanes which webhooks are paused, whichever server found out. It looks, and is not told, so that it works behind
/// a pooler, too. An idle server does not ask.
/// </summary>
internal sealed partial class PauseWatch(
    WebhookPauses pauses, WebhookLanes lanes, DatabaseSessions sessions, TimeProvider clock, ILogger<PauseWatch> logger)
    : PeriodicService(_interval, clock)
{
    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(400);

    protected override async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        if (lanes.Count > 0)
        {
            lanes.Hold(await pauses.FindAsync(cancellationToken));
        }
    }

    protected override void Failed(Exception failure)
    {
        sessions.Heed(failure);
        LogFailed(failure.Message);
    }

    [LoggerMessage(
        1,
        LogLevel.Warning,
        "webhook pauses could not be looked for ({Reason}); receivers that other servers gave up get requests for a while")]
    private partial void LogFailed(string reason);
}
