using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Webhooks.Api.Authentication;
using Webhooks.Testing;

namespace Webhooks.Functions.Tests.Hosting;

/// <summary>
/// The app's services as Program.cs registers them, on a database and queues of their own, in the place of the worker: an HTTP server that
/// routes each request to the function whose attribute names the route, and runs it with the worker's HttpContext.
/// </summary>
public sealed class FunctionsApp : IAsyncDisposable
{
    private readonly WebApplication _worker;
    private readonly TestDatabase _database;
    private readonly string _folder;

    private FunctionsApp(
        WebApplication worker,
        TestDatabase database,
        AppQueues queues,
        FakeDurableTaskClient orchestrations,
        LogRecorder logs,
        string folder)
    {
        _worker = worker;
        _database = database;
        _folder = folder;
        Queues = queues;
        Orchestrations = orchestrations;
        Logs = logs;
    }

    public AppQueues Queues { get; }

    public FakeDurableTaskClient Orchestrations { get; }

    public LogRecorder Logs { get; }

    public TestDatabase Database => _database;

    public IServiceProvider Services => _worker.Services;

    public Uri Url => new(_worker.Urls.First());

    /// <summary>Starts one over a migrated database.</summary>
    /// <param name="settings">More settings, by configuration path.</param>
    /// <param name="adjust">Changes the services.</param>
    public static async Task<FunctionsApp> StartAsync(
        IReadOnlyDictionary<string, string?>? settings = null, Action<IServiceCollection>? adjust = null)
    {
        var database = await TestDatabase.CreateMigratedAsync();
        var queues = await AppQueues.CreateAsync();
        var folder = Directory.CreateTempSubdirectory("webhooks-functions-").FullName;
        var orchestrations = new FakeDurableTaskClient();
        var logs = new LogRecorder();

        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection(Settings(database, queues, folder)).AddInMemoryCollection(
            settings ?? new Dictionary<string, string?>());
        builder.Logging.ClearProviders().AddProvider(logs);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddWebhooksFunctions(builder.Configuration);
        builder.Services.AddKeyedSingleton(QueueNames.Deliveries, queues.Deliveries);
        builder.Services.AddKeyedSingleton(QueueNames.Events, queues.Events);
        builder.Services.AddRouting();
        adjust?.Invoke(builder.Services);

        var worker = builder.Build();
        foreach (var function in AppFunction.All.Where(function => function.Http is not null))
        {
            RequestDelegate run = context => RunAsync(function, context, orchestrations);
            _ = function.Http!.Methods is { } methods ? worker.MapMethods(function.Http.Route!, methods, run) : worker.Map(
                function.Http.Route!, run);
        }

        await worker.StartAsync(TestContext.Current.CancellationToken);
        return new FunctionsApp(worker, database, queues, orchestrations, logs, folder);
    }

    /// <summary>An instance of a class of functions, as the worker makes one for each invocation.</summary>
    public T Function<T>()
        where T : class => ActivatorUtilities.CreateInstance<T>(Services);

    /// <summary>A client of the HTTP functions that may do everything for an organization, or only what is named.</summary>
    public HttpClient For(Guid organization, params string[] scopes)
    {
        var key = DevelopmentKey.LoadOrCreate(Path.Combine(_folder, "development.key"));
        var token = key.CreateToken(
            organization,
            scopes.Length > 0 ? scopes : [Scopes.ReadWebhooks, Scopes.WriteWebhooks, Scopes.PublishEvents],
            TimeSpan.FromMinutes(10));
        var client = Anonymous();
        client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        return client;
    }

    /// <summary>A client without a token.</summary>
    public HttpClient Anonymous() => new() { BaseAddress = Url };

    public async ValueTask DisposeAsync()
    {
        await _worker.DisposeAsync();
        await Queues.DisposeAsync();
        await _database.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static Dictionary<string, string?> Settings(TestDatabase database, AppQueues queues, string folder) => new()
    {
        ["ConnectionStrings:Webhooks"] = database.ConnectionString,
        ["AzureWebJobsStorage"] = queues.ConnectionString,
        ["Webhooks:AllowedNetworks"] = "127.0.0.0/8",
        ["Webhooks:RequireHttps"] = "false",
        ["Webhooks:Auth:DevelopmentKeyFile"] = Path.Combine(folder, "development.key"),
        ["Webhooks:Secrets:KeyFile"] = Path.Combine(folder, "secrets.key"),
    };

    private static async Task RunAsync(AppFunction function, HttpContext context, FakeDurableTaskClient orchestrations)
    {
        var instance = ActivatorUtilities.CreateInstance(context.RequestServices, function.Method.DeclaringType!);
        var arguments = function.Method.GetParameters().Select(parameter =>
            parameter.ParameterType == typeof(HttpRequest) ? (object)context.Request : orchestrations);
        var result = await (Task<IResult>)function.Method.Invoke(instance, [.. arguments])!;
        await result.ExecuteAsync(context);
    }
}
