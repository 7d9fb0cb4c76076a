using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration.Memory;
using Webhooks.Api;
using Webhooks.Api.Telemetry;
using Webhooks.Core;
using Webhooks.Core.Postgres;
using Webhooks.Core.Secrets;
using Webhooks.Core.Sending;
using Webhooks.Server.Engine;
using Webhooks.Server.Local;
using Webhooks.Server.Logging;
using Webhooks.Server.Queue;
using Webhooks.Server.Telemetry;

namespace Webhooks.Server.Commands;

/// <summary>Runs the server: the HTTP API, the delivery engine and, where there is a queue, its listener.</summary>
internal static partial class ServeCommand
{
    /// <summary>Serves until termination is requested, then stops in order.</summary>
    /// <param name="isLocal">Whether to start what is needed on this machine and to use its keys and data.</param>
    /// <param name="urls">Where to listen; null to use the configuration.</param>
    /// <param name="termination">Asks the server to stop.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="LocalServicesException">A local service could not start, or ended by itself.</exception>
    public static async Task<int> RunAsync(bool isLocal, string? urls, CancellationToken termination)
    {
        var set = Settings.Read([]);
        var listenUrls = ListenUrls.Choose(urls, set);
        ListenUrls.RequireFree(listenUrls);
        await using var local = isLocal ? await LocalRun.StartAsync(set, withQueue: true, termination) : LocalRun.None;
        await using var app = Build(local.Settings, listenUrls);
        await Database.MigrateAsync(app.Services, termination);
        await app.StartAsync(termination);
        LogListening(app.Logger, string.Join(", ", app.Urls));
        if (string.IsNullOrEmpty(app.Configuration[QueueServices.Setting]))
        {
            LogNoQueue(app.Logger);
        }

        if (isLocal)
        {
            var tokenFile = await LocalToken.WriteAsync(app.Configuration, termination);
            Console.WriteLine(Tour.Text(app.Urls.First(), tokenFile, app.Configuration[QueueServices.Setting]));
        }

        var ending = await Task.WhenAny(local.Failed, Task.Delay(Timeout.Infinite, termination));
        LogStopping(app.Logger);
        await app.StopAsync(CancellationToken.None);
        return ending == local.Failed ? throw new LocalServicesException(await local.Failed) : 0;
    }

    private static WebApplication Build(Dictionary<string, string?> defaults, string urls)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = [.. defaults, .. LogLevels.Defaults] });
        Logs.Configure(builder.Logging);
        var options = WebhooksOptions.From(builder.Configuration);
        builder.WebHost.UseUrls(urls).ConfigureKestrel(kestrel => ConfigureKestrel(kestrel, options.Limits));

        builder.Services
            .AddSingleton<IHostLifetime, SignalsElsewhere>()
            .AddSingleton(DatabaseConnection.Configure(builder.Configuration))
            .AddWebhooksKeyRing(builder.Configuration)
            .AddWebhooksCore(options)
            .AddWebhooksApi(builder.Configuration)
            .AddDeliveryEngine(builder.Configuration)
            .AddServerTelemetry(builder.Configuration);
        if (builder.Configuration[QueueServices.Setting] is { Length: > 0 } queues)
        {
            builder.Services.AddQueueListener(queues);
        }

        // Authentication brings data protection along, whose keys nobody needs: without this, they go to the home directory.
        builder.Services.Configure<KeyManagementOptions>(keys => keys.XmlRepository = new UnusedKeys());

        var app = builder.Build();
        AllowedNetworks.WarnOfInstanceServices(options, app.Logger);
        app.UseWebhooksApi();
        app.MapWebhooksApi();
        return app;
    }

    private static void ConfigureKestrel(KestrelServerOptions kestrel, WebhooksLimits limits)
    {
        kestrel.AddServerHeader = false;
        // Each endpoint has its own limit; this one is for what comes to none.
        kestrel.Limits.MaxRequestBodySize = Math.Max(limits.PublishBytes, limits.RequestBytes);
    }

    [LoggerMessage(1, LogLevel.Information, "webhook server listens on {Urls}")]
    private static partial void LogListening(ILogger logger, string urls);

    [LoggerMessage(2, LogLevel.Information, "webhook server stops when what is under way has finished; a second signal (Ctrl-C) ends it at once")]
    private static partial void LogStopping(ILogger logger);

    [LoggerMessage(3, LogLevel.Information, "webhook events arrive over HTTP only: ConnectionStrings__Queues is not set")]
    private static partial void LogNoQueue(ILogger logger);
}
