using Microsoft.Extensions.Diagnostics.HealthChecks;
using Webhooks.Core.Postgres;

namespace Webhooks.Api.Health;

/// <summary>Ready means: the database answers and has this version's schema.</summary>
internal sealed class DatabaseHealth(Migrator migrator) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        await migrator.IsUpToDateAsync(cancellationToken)
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy("Migrations are missing: start the server, or run its command migrate.");
}
