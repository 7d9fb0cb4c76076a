using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Webhooks.Testing;

/// <summary>A customer's server that misbehaves at will: every connection to it is handed, as raw bytes, to a script.</summary>
public sealed class RawReceiver : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly Func<RawConnection, CancellationToken, Task> _script;
    private readonly X509Certificate2? _certificate;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _accepting;
    private readonly List<Task> _running = [];
    private int _connections;

    private RawReceiver(Func<RawConnection, CancellationToken, Task> script, IPEndPoint address, X509Certificate2? certificate)
    {
        _script = script;
        _certificate = certificate;
        _listener = new TcpListener(address);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Its port.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Where it listens, without a slash at the end.</summary>
    public string Url => $"{(_certificate is null ? "http" : "https")}://{_listener.LocalEndpoint}";

    /// <summary>How many connections it was opened.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Starts one. The connection ends with the script.</summary>
    /// <param name="script">What to do with a connection; its token is canceled when the receiver is disposed of.</param>
    /// <param name="certificate">Null for plain http.</param>
    /// <param name="address">Where to listen; by default any free port of 127.0.0.1.</param>
    public static RawReceiver Start(
        Func<RawConnection, CancellationToken, Task> script, X509Certificate2? certificate = null, IPEndPoint? address = null) =>
        new(script, address ?? new IPEndPoint(IPAddress.Loopback, 0), certificate);

    /// <summary>Starts one that reads one request, answers it with this text, and closes the connection.</summary>
    public static RawReceiver Answering(string answer) => Start(async (connection, cancellationToken) =>
    {
        await connection.ReadRequestAsync(cancellationToken);
        await connection.WriteAsync(answer, cancellationToken);
    });

    /// <summary>Waits until the scripts of all connections have ended.</summary>
    public Task WaitForScriptsAsync()
    {
        lock (_running)
        {
            return Task.WhenAll(_running);
        }
    }

    /// <summary>Ends all connections.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _accepting;
        _listener.Dispose();
        await WaitForScriptsAsync();
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync(_stopping.Token);
                lock (_running)
                {
                    _running.Add(RunAsync(socket, Interlocked.Increment(ref _connections)));
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private async Task RunAsync(Socket socket, int number)
    {
        try
        {
            await using var stream = await OpenAsync(socket);
            await _script(new RawConnection(socket, stream, number), _stopping.Token);
        }
        catch (Exception gone) when (
            gone is IOException or AuthenticationException or OperationCanceledException or ObjectDisposedException)
        {
            // The sender left, or the test is over.
        }
    }

    private async Task<Stream> OpenAsync(Socket socket)
    {
        var plain = new NetworkStream(socket, ownsSocket: true);
        if (_certificate is null)
        {
            return plain;
        }

        // Offline, or else this server would fetch the issuers that its certificate names.
        var chain = SslStreamCertificateContext.Create(_certificate, additionalCertificates: null, offline: true);
        var secure = new SslStream(plain);
        await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificateContext = chain }, _stopping.Token);
        return secure;
    }
}
