using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Webhooks.Server.Local;

/// <summary>
/// PostgreSQL and a storage queue or account on this machine, run by <c>local/services.mjs</c>. They stop when this is disposed of, and
/// also when this process ends without doing so: their supervisor watches its standard input.
/// </summary>
internal sealed class LocalServices : IAsyncDisposable
{
    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web);

    private readonly Process _supervisor;
    private readonly Action<string> _progress;
    private readonly TaskCompletionSource<LocalServicesReport.ConnectionStrings> _ready =
        new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<string> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _reading;

    private LocalServices(Process supervisor, Action<string> progress)
    {
        _supervisor = supervisor;
        _progress = progress;
        _reading = ReadReportsAsync();
    }

    /// <summary>How to reach PostgreSQL, for Npgsql.</summary>
    /// <exception cref="InvalidOperationException">It was not asked for.</exception>
    public string PostgresConnectionString =>
        _ready.Task.Result.Postgres ?? throw new InvalidOperationException("PostgreSQL was not asked for.");

    /// <summary>How to reach the queue or the whole account: a storage connection string.</summary>
    /// <exception cref="InvalidOperationException">Neither was asked for.</exception>
    public string QueuesConnectionString =>
        _ready.Task.Result.Queues ?? throw new InvalidOperationException("The queue was not asked for.");

    /// <summary>Completes when a service ended although nobody stopped it; says which and why.</summary>
    public Task<string> Failed => _failed.Task;

    /// <summary>Starts the services and waits until they can be used.</summary>
    /// <param name="options">Which services, and where.</param>
    /// <param name="progress">Is called with a line for each step that takes time.</param>
    /// <param name="cancellationToken">Stops what has been started.</param>
    /// <exception cref="LocalServicesException">They cannot start.</exception>
    public static async Task<LocalServices> StartAsync(
        LocalServicesOptions options, Action<string> progress, CancellationToken cancellationToken)
    {
        var services = new LocalServices(
            NodeScript.Start("services.mjs", Arguments(options), start => start.RedirectStandardOutput = true), progress);
        try
        {
            var first = await Task.WhenAny(services._ready.Task, services.Failed).WaitAsync(cancellationToken);
            return first == services.Failed ? throw new LocalServicesException(await services.Failed) : services;
        }
        catch
        {
            await services.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops the services in order and waits for their end.</summary>
    public async ValueTask DisposeAsync()
    {
        _supervisor.StandardInput.Close();
        await _reading;
        await _supervisor.WaitForExitAsync();
        _supervisor.Dispose();
    }

    private static IEnumerable<string> Arguments(LocalServicesOptions options)
    {
        yield return "--data";
        yield return Path.GetFullPath(options.DataDirectory);
        yield return "--queue-port";
        yield return options.QueuePort.ToString(CultureInfo.InvariantCulture);
        if (options.Postgres)
        {
            yield return "--postgres";
        }

        if (options.Queue)
        {
            yield return "--queue";
        }

        if (options.Storage)
        {
            yield return "--storage";
        }

        if (!options.Durable)
        {
            yield return "--no-fsync";
        }

        if (options.Temporary)
        {
            yield return "--remove";
        }
    }

    private async Task ReadReportsAsync()
    {
        while (await _supervisor.StandardOutput.ReadLineAsync() is { } line)
        {
            switch (JsonSerializer.Deserialize<LocalServicesReport>(line, _json))
            {
                case { Progress: { } text }:
                    _progress(text);
                    break;
                case { Ready: { } connectionStrings }:
                    _ready.SetResult(connectionStrings);
                    break;
                case { Failed: { } reason }:
                    _failed.TrySetResult(reason);
                    break;
            }
        }

        _failed.TrySetResult("The local services ended unexpectedly.");
    }
}
