using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Webhooks.Testing;

/// <summary>An endpoint for OTLP over HTTP that keeps what it is sent.</summary>
public sealed class TelemetryCollector : IAsyncDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(3);

    private readonly WebApplication _server;
    private readonly Dictionary<string, StringBuilder> _received = [];

    private TelemetryCollector(WebApplication server) => _server = server;

    /// <summary>The settings of a process that sends everything here, several times a second.</summary>
    public IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = _server.Urls.First(),
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        ["OTEL_METRIC_EXPORT_INTERVAL"] = "200",
        ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
        ["OTEL_BLRP_SCHEDULE_DELAY"] = "200",
    };

    public static async Task<TelemetryCollector> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var collector = new TelemetryCollector(builder.Build());
        collector._server.MapPost("/v1/{signal}", collector.TakeAsync);
        await collector._server.StartAsync();
        return collector;
    }

    /// <summary>
    /// What has come of a signal (<c>traces</c>, <c>metrics</c> or <c>logs</c>): protobuf, in which every name and text stands as it is,
    /// one character a byte.
    /// </summary>
    public string Received(string signal)
    {
        lock (_received)
        {
            return _received.TryGetValue(signal, out var text) ? text.ToString() : "";
        }
    }

    /// <summary>Waits until all of some texts have come in a signal.</summary>
    /// <exception cref="TimeoutException">They have not within a minute.</exception>
    public async Task WaitForAsync(string signal, params string[] texts)
    {
        using var limit = new CancellationTokenSource(_patience);
        while (texts.FirstOrDefault(text => !Received(signal).Contains(text, StringComparison.Ordinal)) is { } missing)
        {
            if (limit.IsCancellationRequested)
            {
                throw new TimeoutException($"After {_patience}, no '{missing}' has come among the {signal}.");
            }

            await Task.Delay(50, CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync(new CancellationToken(canceled: true));
        await _server.DisposeAsync();
    }

    private async Task<IResult> TakeAsync(string signal, HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, request.HttpContext.RequestAborted);
        lock (_received)
        {
            if (!_received.TryGetValue(signal, out var text))
            {
                _received[signal] = text = new StringBuilder();
            }

            text.Append(Encoding.Latin1.GetString(body.ToArray()));
        }

        return Results.Bytes([], "application/x-protobuf");
    }
}
