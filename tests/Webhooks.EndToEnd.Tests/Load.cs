using System.Collections.Concurrent;
using Webhooks.Testing;

namespace Webhooks.EndToEnd.Tests;

/// <summary>
/// A load of events, published one after the other from several clients, whatever happens to the server. It notes which were accepted.
/// </summary>
internal sealed class Load(Installation installation)
{
    private const int Clients = 8;

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(5);

    private readonly ConcurrentBag<Guid> _accepted = [];
    private volatile WebhooksApi? _api;
    private volatile bool _isStopping;
    private Task _publishing = Task.CompletedTask;
    private int _number;

    /// <summary>The ids of the events that the server answered 202 for.</summary>
    public IReadOnlyCollection<Guid> Accepted => _accepted;

    /// <summary>Publishes to a server from now on.</summary>
    public void DirectTo(ServerProcess server) => _api = installation.Api(server);

    public void Start() => _publishing = Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => PublishAsync()));

    /// <summary>Lets requests under way finish and publishes no more.</summary>
    public Task StopAsync()
    {
        _isStopping = true;
        return _publishing;
    }

    /// <summary>Waits until a number of events more than now has been accepted.</summary>
    public async Task WaitForMoreAsync(int events, CancellationToken cancellationToken)
    {
        for (var target = _accepted.Count + events; _accepted.Count < target;)
        {
            await Task.Delay(10, cancellationToken);
        }
    }

    private async Task PublishAsync()
    {
        while (!_isStopping)
        {
            using var limit = new CancellationTokenSource(_patience);
            try
            {
                _accepted.Add(await _api!.PublishAsync(Interlocked.Increment(ref _number), limit.Token));
            }
            catch (Exception refused) when (refused is HttpRequestException or OperationCanceledException)
            {
                // The server is away, or cannot accept it now: nothing was promised.
                await Task.Delay(20);
            }
        }
    }
}
