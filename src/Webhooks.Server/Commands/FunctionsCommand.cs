using System.Net;
using System.Net.Sockets;
using Azure.Storage.Queues;
using Webhooks.Core;
using Webhooks.Server.Local;
using Webhooks.Server.Queue;

namespace Webhooks.Server.Commands;

/// <summary>The command that runs the Azure Functions app under the Core Tools, with the services, keys and data of a local run.</summary>
internal static class FunctionsCommand
{
    /// <summary>The queues that must be there before the app starts: a queue trigger does not make its queue.</summary>
    private static readonly string[] _queues =
        [
            QueueListenerOptions.DefaultQueueName, QueueListenerOptions.DefaultPoisonQueueName,
            "webhook-deliveries", "webhook-deliveries-poison",
        ];

    /// <summary>
    /// A task hub of its own for one machine: one control queue, since one instance would read four one after the other. The number is
    /// fixed for a hub's life, so it has another name than the hub of host.json. Set in the environment, they stay as they are.
    /// </summary>
    private static readonly Dictionary<string, string> _taskHub = new()
    {
        ["AzureFunctionsJobHost:extensions:durableTask:hubName"] = "webhookslocal",
        ["AzureFunctionsJobHost:extensions:durableTask:storageProvider:partitionCount"] = "1",
    };

    /// <summary>Runs the app until termination is requested, then stops it in order.</summary>
    /// <param name="app">The directory of the built app.</param>
    /// <param name="termination">Asks it to stop.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="LocalServicesException">A local service or the Core Tools could not start, or ended by themselves.</exception>
    public static async Task<int> RunAsync(string app, CancellationToken termination)
    {
        var set = Settings.Read([]);
        var port = ChoosePort(set);
        var url = $"http://localhost:{port}";
        ListenUrls.RequireFree(url);
        await using var local = await LocalRun.StartForFunctionsAsync(set, termination);
        var configuration = Settings.Read(local.Settings);
        var storage = configuration[FunctionsApp.StorageSetting];
        if (!string.IsNullOrEmpty(storage))
        {
            await CreateQueuesAsync(storage, termination);
        }

        var tokenFile = await LocalToken.WriteAsync(configuration, termination);
        await using var functions = await FunctionsApp.StartAsync(
            app, port, ForEnvironment(local.Settings.Keys, configuration, port), termination);
        Console.WriteLine(Tour.Text(url, await PortalLink.MakeAsync(url, tokenFile, termination), tokenFile, storage));

        var failed = Task.WhenAny(local.Failed, functions.Failed).Unwrap();
        var ending = await Task.WhenAny(failed, Task.Delay(Timeout.Infinite, termination));
        return ending == failed ? throw new LocalServicesException(await failed) : 0;
    }

    /// <summary>The server's port. Where any will do, it is chosen here: the Core Tools cannot.</summary>
    private static int ChoosePort(IConfiguration configuration)
    {
        if (Port.Read(configuration, "PORT", ListenUrls.DefaultPort) is > 0 and var port)
        {
            return port;
        }

        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private static async Task CreateQueuesAsync(string connectionString, CancellationToken cancellationToken)
    {
        try
        {
            var account = new QueueServiceClient(connectionString);
            foreach (var name in _queues)
            {
                await account.GetQueueClient(name).CreateIfNotExistsAsync(cancellationToken: cancellationToken);
            }
        }
        catch (FormatException)
        {
            // Without the value: it may hold the account's key.
            throw new InvalidSettingException(
                FunctionsApp.StorageSetting, "It is not a storage connection string. Without it, ./run functions starts Azurite.");
        }
        catch (Exception failure) when (EventQueue.IsFailure(failure) && !cancellationToken.IsCancellationRequested)
        {
            throw new LocalServicesException(
                "The storage account of AzureWebJobsStorage cannot be used. "
                + "Start it, or unset AzureWebJobsStorage: ./run functions starts Azurite then.");
        }
    }

    /// <summary>What local.settings.json would say.</summary>
    private static Dictionary<string, string?> ForEnvironment(IEnumerable<string> paths, IConfiguration configuration, int port)
    {
        var settings = paths.ToDictionary(InEnvironment, path => configuration[path]);
        foreach (var (path, value) in _taskHub)
        {
            settings[InEnvironment(path)] = configuration[path] ?? value;
        }

        settings["FUNCTIONS_WORKER_RUNTIME"] = "dotnet-isolated";

        // The host runs for minutes here, which is too short to be worth watching its code for a second, better version of it.
        settings["DOTNET_TieredPGO"] = "0";
        settings["WEBSITE_HOSTNAME"] = $"localhost:{port}";
        return settings;
    }

    private static string InEnvironment(string path) => path.Replace(ConfigurationPath.KeyDelimiter, "__", StringComparison.Ordinal);
}
