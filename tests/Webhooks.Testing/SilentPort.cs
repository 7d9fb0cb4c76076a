using System.Net;
using System.Net.Sockets;

namespace Webhooks.Testing;

/// <summary>
/// A port of 127.0.0.1 on which connecting takes for ever (on Linux): its queue holds one connection, which nobody accepts.
/// </summary>
public sealed class SilentPort : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Socket _first = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public SilentPort()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(backlog: 0);
        _first.Connect(_listener.LocalEndPoint!);
    }

    /// <summary>The port's number.</summary>
    public int Number => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    public void Dispose()
    {
        _first.Dispose();
        _listener.Dispose();
    }
}
