using Webhooks.Core.Postgres;
using Webhooks.Core.Signals;

namespace Webhooks.Server.Engine;

/// <summary>The chore that publishes operational events within a second of what causes them.</summary>
internal sealed partial class SignalService(
    SignalPublisher signals, DatabaseSessions sessions, TimeProvider clock, ILogger<SignalService> logger)
    : PeriodicService(TimeSpan.FromSeconds(1), clock)
{
    protected override Task RunOnceAsync(CancellationToken cancellationToken) => signals.RunAsync(cancellationToken);

    // They are stored: the next look finds them.
    protected override void Failed(Exception failure)
    {
        sessions.Heed(failure);
        LogFailed(failure.Message);
    }

    [LoggerMessage(1, LogLevel.Warning, "webhook operational events could not be published ({Reason}); it is tried again in a second")]
    private partial void LogFailed(string reason);
}
