using System.Diagnostics;
using System.Globalization;
using Webhooks.Server.Local;

namespace Webhooks.Testing;

/// <summary>A PostgreSQL server of its own for a test that stops it and starts it again.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private readonly StoppableService _service = new(directory => new LocalServicesOptions(directory) { Postgres = true });

    private PostgresServer()
    {
    }

    /// <summary>A superuser's connection to an empty database; stays the same when the server is started again.</summary>
    public string ConnectionString { get; private set; } = "";

    public static async Task<PostgresServer> StartAsync()
    {
        var server = new PostgresServer();
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>Stops the server in order; open connections break.</summary>
    public Task StopAsync() => _service.StopAsync();

    /// <summary>Ends the server as a crash would, by SIGKILL to its first process: when it is started again, it replays its log.</summary>
    public async Task CrashAsync()
    {
        var note = Path.Combine(_service.DataDirectory, "postgres", "data", "postmaster.pid");
        using var first = Process.GetProcessById(int.Parse(File.ReadLines(note).First(), CultureInfo.InvariantCulture));
        first.Kill();
        await _service.Services.Failed;
        await _service.StopAsync();
    }

    /// <summary>Starts the stopped server with the data it had, at the same port.</summary>
    public async Task StartAgainAsync()
    {
        await _service.StartAsync();
        ConnectionString = _service.Services.PostgresConnectionString;
    }

    public ValueTask DisposeAsync() => _service.DisposeAsync();
}
