using Azure.Monitor.OpenTelemetry.Exporter;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using Webhooks.Api.Telemetry;

namespace Webhooks.Functions.Telemetry;

/// <summary>The registration of the export of the worker's telemetry, by the settings that the Functions host reads too.</summary>
internal static class WorkerTelemetry
{
    private const string ConnectionString = "APPLICATIONINSIGHTS_CONNECTION_STRING";

    /// <summary>
    /// Adds the export to Azure Monitor where <c>APPLICATIONINSIGHTS_CONNECTION_STRING</c> is set, and by OTLP where
    /// <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is.
    /// </summary>
    /// <returns>What was added; null when there is neither.</returns>
    /// <exception cref="Core.InvalidSettingException">A setting has no usable value.</exception>
    public static IOpenTelemetryBuilder? AddWorkerTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        var connectionString = configuration[ConnectionString];
        if (string.IsNullOrEmpty(connectionString))
        {
            return configuration.HasOtlpEndpoint() ? services.AddWebhooksTelemetry(configuration, ServiceName(configuration)) : null;
        }

        var credential = TelemetryCredential.From(configuration);
        return services.AddWebhooksTelemetry(configuration, ServiceName(configuration)).UseAzureMonitorExporter(options =>
        {
            options.ConnectionString = connectionString;
            options.Credential = credential;

            // An alert reads the log, which must be whole also where traces are sampled.
            options.EnableTraceBasedLogsSampler = false;
        });
    }

    /// <summary>The app's name, as the host calls itself.</summary>
    private static string ServiceName(IConfiguration configuration) => configuration["WEBSITE_SITE_NAME"] ?? "webhooks-functions";
}
