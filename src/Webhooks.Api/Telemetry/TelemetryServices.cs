using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using Webhooks.Core.Telemetry;

namespace Webhooks.Api.Telemetry;

/// <summary>The registration of what collects and sends metrics, traces and logs, in the same way for both hosts.</summary>
public static class TelemetryServices
{
    /// <summary>The database driver's own activity source and meter.</summary>
    private const string Npgsql = "Npgsql";

    /// <summary>Whether telemetry is to be sent by OTLP: the standard variable <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> says where to.</summary>
    public static bool HasOtlpEndpoint(this IConfiguration configuration) =>
        configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is { Length: > 0 };

    /// <summary>Has everything counted that both hosts measure.</summary>
    public static MeterProviderBuilder AddWebhooksMeters(this MeterProviderBuilder metrics) =>
        metrics.AddMeter(WebhooksMetrics.MeterName, Npgsql);

    /// <summary>
    /// Adds the collection of telemetry, and its export by OTLP where there is an endpoint (further settings are OpenTelemetry's standard
    /// variables). Only for hosts that export it: without this, nothing is collected.
    /// </summary>
    /// <param name="serviceName">The service that the telemetry is of, unless <c>OTEL_SERVICE_NAME</c> gives another name.</param>
    /// <returns>To add the host's own sources and exporters.</returns>
    public static IOpenTelemetryBuilder AddWebhooksTelemetry(
        this IServiceCollection services, IConfiguration configuration, string serviceName)
    {
        var telemetry = services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(configuration["OTEL_SERVICE_NAME"] ?? serviceName))
            .WithTracing(tracing => tracing.AddSource(WebhooksTracing.SourceName, Npgsql))
            .WithMetrics(metrics => metrics.AddWebhooksMeters())
            .WithLogging(configureBuilder: null, logging =>
            {
                logging.IncludeFormattedMessage = true;

                // A request's id is in its scope.
                logging.IncludeScopes = true;
            });
        return configuration.HasOtlpEndpoint() ? telemetry.UseOtlpExporter() : telemetry;
    }
}
