using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using Webhooks.Api.Telemetry;
using Webhooks.Core;

namespace Webhooks.Server.Telemetry;

/// <summary>The registration of what the server measures, its export by OTLP, and what Prometheus asks for.</summary>
internal static class ServerTelemetry
{
    /// <summary>
    /// Adds the counting of pending deliveries and, where <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set, the export; where
    /// <c>Webhooks__MetricsUrl</c> is, metrics are served there.
    /// </summary>
    /// <exception cref="InvalidSettingException">A setting has no usable value.</exception>
    public static IServiceCollection AddServerTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddHostedService<PendingCountService>();
        if (configuration.HasOtlpEndpoint())
        {
            services.AddWebhooksTelemetry(configuration, "webhooks-server")
                .WithTracing(tracing => tracing.AddAspNetCoreInstrumentation(requests => requests.Filter = IsWorthTracing))
                .WithMetrics(metrics => metrics.AddAspNetCoreInstrumentation());
        }

        if (MetricsUrl.From(configuration) is { } url)
        {
            services.AddSingleton(url).AddHostedService<PrometheusListener>().AddOpenTelemetry().WithMetrics(metrics => metrics
                .AddWebhooksMeters()
                .AddAspNetCoreInstrumentation()
                .AddPrometheusExporter());
        }

        return services;
    }

    /// <summary>Probes ask for health every few seconds.</summary>
    private static bool IsWorthTracing(HttpContext context) =>
        !context.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal);
}
