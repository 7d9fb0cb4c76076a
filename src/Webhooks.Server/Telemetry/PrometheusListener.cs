using OpenTelemetry.Metrics;
using Webhooks.Server.Commands;

namespace Webhooks.Server.Telemetry;

/// <summary>
/// The listener that serves what is measured to Prometheus, at a port of its own: nothing of the API is there, and nothing of this is at
/// the API's.
/// </summary>
internal sealed partial class PrometheusListener(MetricsUrl url, MeterProvider meters, ILogger<PrometheusListener> logger)
    : IHostedService, IAsyncDisposable
{
    private const string Path = "/metrics";

    private WebApplication? _listener;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.AddServerHeader = false).UseUrls(url.Value);
        builder.Services.AddSingleton<IHostLifetime, SignalsElsewhere>();
        _listener = builder.Build();
        _listener.UseOpenTelemetryPrometheusScrapingEndpoint(
            meters, predicate: null, Path, configureBranchedPipeline: null, optionsName: null);
        await _listener.StartAsync(cancellationToken);
        LogListening(_listener.Urls.First() + Path);
    }

    public Task StopAsync(CancellationToken cancellationToken) => _listener?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    public ValueTask DisposeAsync() => _listener?.DisposeAsync() ?? ValueTask.CompletedTask;

    [LoggerMessage(1, LogLevel.Information, "webhook metrics are served at {Url}, to whoever can reach it")]
    private partial void LogListening(string url);
}
