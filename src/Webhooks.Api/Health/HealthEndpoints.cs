using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Webhooks.Api.Health;

/// <summary>The endpoints for whoever runs the process: <c>/health/live</c> and <c>/health/ready</c>, open to anyone, 200 or 503.</summary>
internal static class HealthEndpoints
{
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(3);

    public static IServiceCollection AddWebhooksHealth(this IServiceCollection services)
    {
        services.AddHealthChecks().AddCheck<DatabaseHealth>("database", timeout: _timeout);
        return services;
    }

    public static void MapWebhooksHealth(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false }).AllowAnonymous();
        endpoints.MapHealthChecks("/health/ready").AllowAnonymous();
    }
}
