using System.Net;
using System.Net.Sockets;

namespace Webhooks.Testing;

/// <summary>A port of loopback that refuses connections, and that nobody else can take meanwhile: bound, but not listened on.</summary>
public sealed class ClosedPort : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public ClosedPort() => _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));

    /// <summary>The port's number.</summary>
    public int Number => ((IPEndPoint)_socket.LocalEndPoint!).Port;

    public void Dispose() => _socket.Dispose();
}
