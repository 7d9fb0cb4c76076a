using Webhooks.Server.Local;

namespace Webhooks.Testing;

/// <summary>Local services of one test, which it can stop and start again at the same port and with the same data.</summary>
internal sealed class StoppableService(Func<string, LocalServicesOptions> options) : IAsyncDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private LocalServices? _services;

    public string DataDirectory => _directory.Path;

    public LocalServices Services => _services ?? throw new InvalidOperationException("The service is stopped.");

    public async Task StartAsync() =>
        _services = await LocalServices.StartAsync(
            options(_directory.Path) with { Durable = false }, progress: _ => { }, CancellationToken.None);

    public async Task StopAsync()
    {
        if (_services is not null)
        {
            await _services.DisposeAsync();
            _services = null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _directory.Dispose();
    }
}
