using Webhooks.Core.Organizations;
using Webhooks.Core.Postgres;

namespace Webhooks.Server.Engine;

/// <summary>The chore that goes on with the erasures of organizations, whoever has begun them.</summary>
internal sealed partial class ErasureService(
    OrganizationErasures erasures, DatabaseSessions sessions, TimeProvider clock, ILogger<ErasureService> logger)
    : PeriodicService(TimeSpan.FromSeconds(5), clock)
{
    /// <summary>With one organization, before it is another's turn.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(1);

    protected override Task RunOnceAsync(CancellationToken cancellationToken) => erasures.RunAsync(_patience, cancellationToken);

    // How far it is stands in the database.
    protected override void Failed(Exception failure)
    {
        sessions.Heed(failure);
        LogFailed(failure);
    }

    [LoggerMessage(1, LogLevel.Error, "webhook organizations could not be erased; it is tried again in seconds")]
    private partial void LogFailed(Exception failure);
}
