using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Webhooks.Endurance.Tests;

/// <summary>A customer's server for any number of requests: it hands each to the test, body unread, and keeps none.</summary>
internal sealed class LightReceiver : IAsyncDisposable
{
    private readonly WebApplication _server;

    private LightReceiver(WebApplication server) => _server = server;

    /// <summary>Where it listens, without a slash at the end.</summary>
    public string Url => _server.Urls.First();

    /// <summary>Starts one.</summary>
    /// <param name="answer">Answers a request; 200 unless it says otherwise.</param>
    public static async Task<LightReceiver> StartAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var server = builder.Build();
        server.Run(answer);
        await server.StartAsync();
        return new LightReceiver(server);
    }

    /// <summary>Closes the port and every connection at once.</summary>
    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync(new CancellationToken(canceled: true));
        await _server.DisposeAsync();
    }
}
