using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Webhooks.Core;
using Webhooks.Core.Events;
using Webhooks.Core.Pull;
using Webhooks.Core.Secrets;
using Webhooks.Core.Transforms;
using Webhooks.Server.Engine;

namespace Webhooks.Server.Tests.Engine;

/// <summary>An engine in a host of its own, as in a process of its own.</summary>
internal sealed class RunningEngine : IAsyncDisposable
{
    private readonly IHost _host;

    private RunningEngine(IHost host, LogLines log)
    {
        _host = host;
        Log = log;
    }

    public LogLines Log { get; }

    public WebhookLanes Lanes => _host.Services.GetRequiredService<WebhookLanes>();

    /// <summary>Publishes in the engine's own process.</summary>
    public EventPublisher Publisher => _host.Services.GetRequiredService<EventPublisher>();

    /// <summary>Runs the transforms of what the engine sends.</summary>
    public TransformRunner Transforms => _host.Services.GetRequiredService<TransformRunner>();

    /// <summary>Pulls from the engine's own process.</summary>
    public DeliveryPulls Pulls => _host.Services.GetRequiredService<DeliveryPulls>();

    public static async Task<RunningEngine> StartAsync(
        string database, WebhooksOptions webhooks, EngineOptions options, IKeyRing keys, TimeProvider clock)
    {
        var log = new LogLines();
        var builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.Logging.AddProvider(log);
        builder.Services
            .AddSingleton(NpgsqlDataSource.Create(database))
            .AddSingleton(keys)
            .AddSingleton(clock)
            .AddWebhooksCore(webhooks)
            .AddDeliveryEngine(options);

        var host = builder.Build();
        await host.StartAsync();
        return new RunningEngine(host, log);
    }

    /// <summary>Stops it in order, as SIGTERM does.</summary>
    public Task StopAsync() => _host.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        await ((IAsyncDisposable)_host).DisposeAsync();
    }
}
