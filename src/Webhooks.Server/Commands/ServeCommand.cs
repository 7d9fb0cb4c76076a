using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Configuration.Memory;
using Npgsql;
using Webhooks.Api;
using Webhooks.Api.Telemetry;
using Webhooks.Core;
using Webhooks.Core.Postgres;
using Webhooks.Core.Secrets;
using Webhooks.Core.Sending;
using Webhooks.Server.Engine;
using Webhooks.Server.Listening;
using Webhooks.Server.Local;
using Webhooks.Server.Logging;
using Webhooks.Server.Queue;
using Webhooks.Server.Telemetry;

namespace Webhooks.Server.Commands;

/// <summary>The command that runs the server: the HTTP API, the delivery engine and, where there is a queue, its listener.</summary>
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
        MetricsUrl.From(set)?.RequireFree(listenUrls);
        await using var local = isLocal ? await LocalRun.StartAsync(set, withQueue: true, termination) : LocalRun.None;
        await using var app = Build(local.Settings, listenUrls, out var reportDescriptors);
        await Database.MigrateAsync(app.Services, termination);
        reportDescriptors(app.Logger);
        await app.StartAsync(termination);
        LogListening(app.Logger, string.Join(", ", app.Urls));
        if (string.IsNullOrEmpty(app.Configuration[QueueServices.Setting]))
        {
            LogNoQueue(app.Logger);
        }

        if (isLocal)
        {
            var tokenFile = await LocalToken.WriteAsync(app.Configuration, termination);
            var url = app.Urls.First();
            var portal = await PortalLink.MakeAsync(url, tokenFile, termination);
            Console.WriteLine(Tour.Text(url, portal, tokenFile, app.Configuration[QueueServices.Setting]));
        }

        var ending = await Task.WhenAny(local.Failed, Task.Delay(Timeout.Infinite, termination));
        LogStopping(app.Logger);
        await app.StopAsync(CancellationToken.None);
        return ending == local.Failed ? throw new LocalServicesException(await local.Failed) : 0;
    }

    /// <param name="defaults">What holds unless it is set otherwise.</param>
    /// <param name="urls">Where to listen.</param>
    /// <param name="reportDescriptors">Says in the log how the files that may be open are divided.</param>
    private static WebApplication Build(Dictionary<string, string?> defaults, string urls, out Action<ILogger> reportDescriptors)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = [.. defaults, .. LogLevels.Defaults] });
        Logs.Configure(builder.Logging);
        var options = WebhooksOptions.From(builder.Configuration);
        var engine = EngineOptions.From(builder.Configuration);
        var (budget, needed) = Divide(builder.Configuration, engine);
        builder.WebHost.UseUrls(urls).ConfigureKestrel(kestrel => ConfigureKestrel(kestrel, options.Limits));
        if (budget is not null)
        {
            builder.Services.AddSingleton<SocketTransportFactory>()
                .AddSingleton(services => ActivatorUtilities.CreateInstance<ConnectionLimit>(services, budget.Clients))
                .AddSingleton<IConnectionListenerFactory, LimitedListenerFactory>();
        }

        builder.Services
            .AddSingleton<IHostLifetime, SignalsElsewhere>()
            .AddSingleton(DatabaseConnection.Configure(builder.Configuration))
            .AddWebhooksKeyRing(builder.Configuration)
            .AddWebhooksCore(options)
            .AddWebhooksApi(builder.Configuration)
            .AddWebhooksApiChores()
            .AddDeliveryEngine(budget is null ? engine : engine.Within(budget.Attempts))
            .AddServerTelemetry(builder.Configuration);
        if (builder.Configuration[QueueServices.Setting] is { Length: > 0 } queues)
        {
            builder.Services.AddQueueListener(queues);
        }

        // Authentication brings data protection along, whose keys nobody needs: without this, they go to the home directory.
        builder.Services.Configure<KeyManagementOptions>(keys => keys.XmlRepository = new UnusedKeys());

        var app = builder.Build();
        reportDescriptors = logger => Report(logger, budget, needed);
        AllowedNetworks.WarnOfInstanceServices(options, app.Logger);
        app.UseWebhooksApi();
        app.MapWebhooksApi();
        return app;
    }

    /// <summary>Divides the descriptors that there may be; the pool of connections to the database becomes as large as its part.</summary>
    private static (DescriptorBudget? Budget, int Needed) Divide(ConfigurationManager configuration, EngineOptions engine)
    {
        if (DescriptorLimit.Read() is not { } limit)
        {
            return (null, 0);
        }

        NpgsqlConnectionStringBuilder database;
        using (var source = DatabaseConnection.Configure(configuration))
        {
            // It has been found good: it can be read.
            database = new NpgsqlConnectionStringBuilder(configuration[DatabaseConnection.Setting]);
        }

        var connections = database.MaxPoolSize;
        var budget = DescriptorBudget.Of(limit, connections, engine.MaxInFlight);
        if (budget.Database < connections)
        {
            database.MaxPoolSize = budget.Database;
            database.MinPoolSize = Math.Min(database.MinPoolSize, budget.Database);
            configuration[DatabaseConnection.Setting] = database.ConnectionString;
        }

        return (budget, DescriptorBudget.Needed(connections, engine.MaxInFlight));
    }

    private static void Report(ILogger logger, DescriptorBudget? budget, int needed)
    {
        if (budget is null)
        {
            return;
        }

        if (budget.Limit >= needed)
        {
            LogDescriptors(logger, budget.Limit, budget.Database, budget.Attempts, budget.Clients);
        }
        else
        {
            LogFewDescriptors(logger, budget.Limit, needed, budget.Database, budget.Attempts, budget.Clients);
        }
    }

    /// <param name="kestrel">What is configured.</param>
    /// <param name="limits">Bounds on what callers send.</param>
    private static void ConfigureKestrel(KestrelServerOptions kestrel, WebhooksLimits limits)
    {
        // Longer than load balancers keep a connection that is not used (60 s is common), which must not find it closed.
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(75);
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        kestrel.AddServerHeader = false;
        // Each endpoint has its own limit; this one is for what comes to none.
        kestrel.Limits.MaxRequestBodySize = Math.Max(limits.PublishBytes, limits.RequestBytes);
    }

    [LoggerMessage(1, LogLevel.Information, "webhook server listens on {Urls}")]
    private static partial void LogListening(ILogger logger, string urls);

    [LoggerMessage(2, LogLevel.Information,
        "webhook server stops when what is under way has finished; a second signal (Ctrl-C) ends it at once")]
    private static partial void LogStopping(ILogger logger);

    [LoggerMessage(3, LogLevel.Information, "webhook events arrive over HTTP only: ConnectionStrings__Queues is not set")]
    private static partial void LogNoQueue(ILogger logger);

    [LoggerMessage(
        4,
        LogLevel.Information,
        "webhook server may have {Limit} files open: {Database} connections to the database, {Attempts} attempts and {Clients} clients "
        + "at once")]
    private static partial void LogDescriptors(ILogger logger, int limit, int database, int attempts, int clients);

    [LoggerMessage(
        5,
        LogLevel.Warning,
        "webhook server may have {Limit} files open (ulimit -n) and needs {Needed} for its settings: "
        + "until the limit is raised, {Database} connections to the database, {Attempts} attempts and {Clients} clients at once")]
    private static partial void LogFewDescriptors(
        ILogger logger, int limit, int needed, int database, int attempts, int clients);
}
