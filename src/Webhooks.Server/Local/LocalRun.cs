using Webhooks.Core;
using Webhooks.Core.Postgres;
using Webhooks.Server.Queue;

namespace Webhooks.Server.Local;

/// <summary>The services that a local run starts: those whose connection strings nobody has set.</summary>
internal sealed class LocalRun : IAsyncDisposable
{
    private const int DefaultQueuePort = 10001;

    private readonly LocalServices? _services;

    private LocalRun(LocalServices? services, Dictionary<string, string?> settings)
    {
        _services = services;
        Settings = settings;
    }

    /// <summary>Starts nothing and sets nothing.</summary>
    public static LocalRun None => new(services: null, []);

    /// <summary>Settings by configuration path, to be used where nobody has set them otherwise.</summary>
    public Dictionary<string, string?> Settings { get; }

    /// <summary>Completes when a service ended by itself; says which and why.</summary>
    public Task<string> Failed => _services?.Failed ?? new TaskCompletionSource<string>().Task;

    /// <summary>Starts what the server needs.</summary>
    /// <param name="configuration">What is set.</param>
    /// <param name="withQueue">Whether the queue is needed.</param>
    /// <param name="cancellationToken">Stops what has been started.</param>
    /// <exception cref="InvalidSettingException">QUEUE_PORT is not a port.</exception>
    /// <exception cref="LocalServicesException">A service cannot start.</exception>
    public static Task<LocalRun> StartAsync(IConfiguration configuration, bool withQueue, CancellationToken cancellationToken) =>
        StartAsync(configuration, QueueServices.Setting, options => options with { Queue = withQueue }, cancellationToken);

    /// <summary>Starts what the Azure Functions app needs.</summary>
    /// <inheritdoc cref="StartAsync(IConfiguration, bool, CancellationToken)"/>
    public static Task<LocalRun> StartForFunctionsAsync(IConfiguration configuration, CancellationToken cancellationToken) =>
        StartAsync(configuration, FunctionsApp.StorageSetting, options => options with { Storage = true }, cancellationToken);

    /// <summary>Stops what was started.</summary>
    public ValueTask DisposeAsync() => _services?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static async Task<LocalRun> StartAsync(
        IConfiguration configuration,
        string storageSetting,
        Func<LocalServicesOptions, LocalServicesOptions> withStorage,
        CancellationToken cancellationToken)
    {
        var settings = LocalDefaults.For(configuration);
        var options = new LocalServicesOptions(LocalDefaults.DataDirectory)
        {
            Postgres = !IsSet(configuration, DatabaseConnection.Setting),
            QueuePort = Port.Read(configuration, "QUEUE_PORT", DefaultQueuePort),
        };
        if (!IsSet(configuration, storageSetting))
        {
            options = withStorage(options);
        }

        var hasStorage = options.Queue || options.Storage;
        if (!options.Postgres && !hasStorage)
        {
            Directory.CreateDirectory(options.DataDirectory);
            return new LocalRun(services: null, settings);
        }

        var services = await LocalServices.StartAsync(options, progress => Console.Error.WriteLine($"{progress} ..."), cancellationToken);
        if (options.Postgres)
        {
            settings[DatabaseConnection.Setting] = services.PostgresConnectionString;
        }

        if (hasStorage)
        {
            settings[storageSetting] = services.QueuesConnectionString;
        }

        return new LocalRun(services, settings);
    }

    /// <summary>
    /// Whether somebody has set a setting or, as with the account name that may take a storage connection string's place, a part of it.
    /// </summary>
    private static bool IsSet(IConfiguration configuration, string setting) =>
        configuration.GetSection(setting).AsEnumerable().Any(part => !string.IsNullOrEmpty(part.Value));
}
