using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Webhooks.Server.Listening;

/// <summary>
/// The maker of listeners for as many connections as there may be, which close any more before they accept another. Kestrel's own limit
/// closes them at some later time: a crowd that connects faster than that takes every descriptor of the process, which then cannot go on at
/// all.
/// </summary>
internal sealed class LimitedListenerFactory(SocketTransportFactory sockets, ConnectionLimit limit)
    : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    /// <inheritdoc />
    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new LimitedListener(await sockets.BindAsync(endpoint, cancellationToken), limit);

    /// <inheritdoc />
    public bool CanBind(EndPoint endpoint) => sockets.CanBind(endpoint);
}
