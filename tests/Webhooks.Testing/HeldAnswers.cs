using System.Net;
using System.Net.Sockets;

namespace Webhooks.Testing;

/// <summary>
/// A way to a server of 127.0.0.1 on which requests go through and, while it is held, answers do not: the server has done what it was
/// asked, and whoever asked does not know.
/// </summary>
public sealed class HeldAnswers : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _over = new();
    private readonly Task _accepting;
    private volatile TaskCompletionSource _open = new();

    /// <summary>Opens a way to a port.</summary>
    /// <param name="port">The server's port.</param>
    public HeldAnswers(int port)
    {
        _open.SetResult();
        _listener.Start();
        _accepting = AcceptAsync(port);
    }

    /// <summary>The number of the port that leads to the server's.</summary>
    public int Number => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Lets no answer through from now on.</summary>
    public void Hold() => _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Lets answers through, also those that were held.</summary>
    public void Release() => _open.SetResult();

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        _listener.Dispose();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _over.Dispose();
    }

    private async Task AcceptAsync(int port)
    {
        var connections = new List<Task>();
        while (!_over.IsCancellationRequested)
        {
            connections.Add(ConnectAsync(await _listener.AcceptTcpClientAsync(_over.Token), port));
        }

        await Task.WhenAll(connections);
    }

    private async Task ConnectAsync(TcpClient client, int port)
    {
        using var near = client;
        using var far = new TcpClient();
        await far.ConnectAsync(IPAddress.Loopback, port, _over.Token);
        await Task.WhenAny(
            near.GetStream().CopyToAsync(far.GetStream(), _over.Token), CopyAnswersAsync(far.GetStream(), near.GetStream()));
    }

    private async Task CopyAnswersAsync(NetworkStream from, NetworkStream to)
    {
        var buffer = new byte[64 * 1024];
        while (await from.ReadAsync(buffer, _over.Token) is var count and > 0)
        {
            await _open.Task.WaitAsync(_over.Token);
            await to.WriteAsync(buffer.AsMemory(0, count), _over.Token);
        }
    }
}
