using System.Diagnostics;
using System.Globalization;

namespace Webhooks.Server.Local;

/// <summary>
/// The Azure Functions app under the Core Tools (<c>func</c>), run by <c>local/attended.mjs</c>. It stops when this is disposed
/// of, and also when this process ends without doing so.
/// </summary>
internal sealed class FunctionsApp : IAsyncDisposable
{
    /// <summary>The configuration path of the storage account of host, queues and task hub.</summary>
    public const string StorageSetting = "AzureWebJobsStorage";

    private readonly Process _tools;

    private FunctionsApp(Process tools)
    {
        _tools = tools;
        Failed = WatchAsync(tools);
    }

    /// <summary>Completes when the Core Tools have ended; says so.</summary>
    public Task<string> Failed { get; }

    /// <summary>Starts the app and waits until it is ready. What it writes goes where this process's output goes.</summary>
    /// <param name="directory">The built app.</param>
    /// <param name="port">Where it is to listen.</param>
    /// <param name="settings">By their names in the environment.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="LocalServicesException">It has ended, or could not even start.</exception>
    public static async Task<FunctionsApp> StartAsync(
        string directory, int port, IReadOnlyDictionary<string, string?> settings, CancellationToken cancellationToken)
    {
        string[] command = ["func", "start", "--port", port.ToString(CultureInfo.InvariantCulture)];
        var app = new FunctionsApp(NodeScript.Start("attended.mjs", command, start =>
        {
            start.WorkingDirectory = directory;
            foreach (var (name, value) in settings)
            {
                start.Environment[name] = value;
            }
        }));
        try
        {
            await app.WaitUntilReadyAsync(new Uri($"http://localhost:{port}/health/ready"), cancellationToken);
            return app;
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops the app and waits for its end.</summary>
    public async ValueTask DisposeAsync()
    {
        _tools.StandardInput.Close();
        await Failed;
        _tools.Dispose();
    }

    private static async Task<string> WatchAsync(Process tools)
    {
        await tools.WaitForExitAsync();
        return "The Azure Functions Core Tools ended by themselves; what they wrote above says why.";
    }

    private async Task WaitUntilReadyAsync(Uri address, CancellationToken cancellationToken)
    {
        using var client = new HttpClient();
        while (!await IsReadyAsync(client, address, cancellationToken))
        {
            if (Failed.IsCompleted)
            {
                throw new LocalServicesException(await Failed);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(500), cancellationToken);
        }
    }

    private static async Task<bool> IsReadyAsync(HttpClient client, Uri address, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await client.GetAsync(address, cancellationToken);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
