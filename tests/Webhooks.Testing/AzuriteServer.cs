using Webhooks.Server.Local;

namespace Webhooks.Testing;

/// <summary>
/// A queue service (Azurite) of its own for a test that stops it and starts it again; for the Functions app, a whole storage account.
/// </summary>
public sealed class AzuriteServer : IAsyncDisposable
{
    private readonly StoppableService _service = new(
        directory => new LocalServicesOptions(directory) { Queue = true, Storage = TestedHost.IsFunctions });

    private AzuriteServer()
    {
    }

    /// <summary>The storage connection string; stays the same when the server is started again.</summary>
    public string ConnectionString { get; private set; } = "";

    public static async Task<AzuriteServer> StartAsync()
    {
        var server = new AzuriteServer();
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>Stops the server in order: what was put on its queues is kept.</summary>
    public Task StopAsync() => _service.StopAsync();

    /// <summary>Starts the stopped server with the data it had, at the same port.</summary>
    public async Task StartAgainAsync()
    {
        await _service.StartAsync();
        ConnectionString = _service.Services.QueuesConnectionString;
    }

    public ValueTask DisposeAsync() => _service.DisposeAsync();
}
