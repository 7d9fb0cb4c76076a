using System.Net;
using System.Net.Sockets;

namespace Webhooks.Core.Sending;

/// <summary>
/// The maker of every connection of the sender: it resolves the host, vets all its addresses, and connects to those very ones, so that no
/// second look-up can give others. One refused address refuses the host: a name that has public and private addresses is an attack or a
/// mistake.
/// </summary>
/// <param name="policy">What may be connected to.</param>
/// <param name="resolve">Gives a host name's addresses.</param>
/// <param name="timeout">The time for all of a host's addresses together, where the request has no shorter one.</param>
internal sealed class GuardedConnector(EgressPolicy policy, Func<string, CancellationToken, Task<IPAddress[]>> resolve, TimeSpan timeout)
{
    /// <summary>A host may publish any number of addresses; an attempt does not knock on them all.</summary>
    private const int AddressesTried = 4;

    private static readonly HttpRequestOptionsKey<TimeSpan> _shorterTimeout = new("Webhooks.ConnectTimeout");

    /// <summary>Gives a request a time of its own for making its connection; null for the connector's.</summary>
    public static void Limit(HttpRequestMessage request, TimeSpan? timeout)
    {
        if (timeout is { } own)
        {
            request.Options.Set(_shorterTimeout, own);
        }
    }

    /// <summary>For <see cref="SocketsHttpHandler.ConnectCallback"/>.</summary>
    /// <exception cref="AttemptFailedException">No connection was made.</exception>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var addresses = await ResolveAsync(context.DnsEndPoint.Host, cancellationToken);
        var tried = addresses[..Math.Min(addresses.Length, AddressesTried)];
        return await ConnectToOneOfAsync(tried, context.DnsEndPoint.Port, TimeFor(context.InitialRequestMessage), cancellationToken);
    }

    /// <summary>
    /// The host's addresses, all of them allowed. What a name resolves to is not the tenant's to know, so every failure of a name is one
    /// error.
    /// </summary>
    private async Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        if (EgressPolicy.TryReadLiteral(host, out var literal))
        {
            return policy.Allows(literal) ? [literal] : throw new AttemptFailedException(SendError.AddressNotAllowed);
        }

        IPAddress[] addresses;
        try
        {
            addresses = await resolve(host, cancellationToken);
        }
        catch (Exception failure) when (failure is SocketException or ArgumentException)
        {
            var reason = failure is SocketException socket ? socket.SocketErrorCode.ToString() : "not a host name";
            throw new AttemptFailedException(SendError.DnsError, failure, $"{host} does not resolve ({reason})");
        }

        if (addresses.Length == 0)
        {
            throw new AttemptFailedException(SendError.DnsError, detail: $"{host} has no address");
        }

        return Array.Find(addresses, address => !policy.Allows(address)) is { } refused
            ? throw new AttemptFailedException(SendError.DnsError, detail: $"{host} resolves to {refused}, where webhooks may not be sent")
            : addresses;
    }

    private TimeSpan TimeFor(HttpRequestMessage request) =>
        request.Options.TryGetValue(_shorterTimeout, out var own) && own < timeout ? own : timeout;

    /// <summary>
    /// Tries the addresses in their order; each but the last may take its share of the time, so that a silent one does not use up all of
    /// it.
    /// </summary>
    private static async Task<Stream> ConnectToOneOfAsync(
        IPAddress[] addresses, int port, TimeSpan timeout, CancellationToken cancellationToken)
    {
        for (var i = 0; i < addresses.Length - 1; i++)
        {
            using var share = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            share.CancelAfter(timeout / addresses.Length);
            try
            {
                return await ConnectAsync(addresses[i], port, share.Token);
            }
            catch (Exception failure) when (
                failure is SocketException or IOException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
            {
                // The next address may answer.
            }
        }

        try
        {
            return await ConnectAsync(addresses[^1], port, cancellationToken);
        }
        catch (SocketException failure)
        {
            throw new AttemptFailedException(SendFailure.Classify(failure.SocketErrorCode), failure);
        }
    }

    private static async Task<Stream> ConnectAsync(IPAddress address, int port, CancellationToken cancellationToken)
    {
        var target = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        var socket = new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(new IPEndPoint(target, port), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
