using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using Webhooks.Api.Telemetry;

namespace Webhooks.Server.Telemetry;

/// <summary>Registers what the server measures, and its export by OTLP.</summary>
internal static class ServerTelemetry
{
    /// <summary>Adds the counting of pending deliveries and, where <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set, the export.</summary>
    public static IServiceCollection AddServerTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddHostedService<PendingCountService>();
        if (configuration.HasOtlpEndpoint())
        {
            services.AddWebhooksTelemetry(configuration, "webhooks-server")
                .WithTracing(tracing => tracing.AddAspNetCoreInstrumentation(requests => requests.Filter = IsWorthTracing))
                .WithMetrics(metrics => metrics.AddAspNetCoreInstrumentation());
        }

        return services;
    }

    /// <summary>Probes ask for health every few seconds.</summary>
    private static bool IsWorthTracing(HttpContext context) =>
        !context.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal);
}
