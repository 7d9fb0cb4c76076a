using Microsoft.Extensions.Diagnostics.HealthChecks;
using Webhooks.Core.Postgres;

namespace Webhooks.Api.Health;

/// <summary>Ready means: a delivery could be written.</summary>
internal sealed class DatabaseHealth(DatabaseReadiness readiness) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        await readiness.FindObstacleAsync(cancellationToken) is { } obstacle
            ? HealthCheckResult.Unhealthy(obstacle)
            : HealthCheckResult.Healthy();
}
