using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Webhooks.Server.Listening;

/// <summary>
/// The listener at one address, which accepts connections while there may be more; at most one that is too many is open at a time.
/// </summary>
internal sealed class LimitedListener(IConnectionListener listener, ConnectionLimit limit) : IConnectionListener
{
    /// <inheritdoc />
    public EndPoint EndPoint => listener.EndPoint;

    /// <inheritdoc />
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (await listener.AcceptAsync(cancellationToken) is { } connection)
        {
            if (limit.TryEnter())
            {
                return new LimitedConnection(connection, limit);
            }

            // Closed in order, and not reset: a reset can meet the caller's connecting, which then fails as if nobody listened.
            await connection.DisposeAsync();
            limit.Refused();
        }

        return null;
    }

    /// <inheritdoc />
    public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => listener.UnbindAsync(cancellationToken);

    /// <inheritdoc />
    public ValueTask DisposeAsync() => listener.DisposeAsync();
}
