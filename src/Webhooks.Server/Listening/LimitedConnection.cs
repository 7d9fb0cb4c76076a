using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace Webhooks.Server.Listening;

/// <summary>A connection that gives its place back when its descriptor is closed.</summary>
internal sealed class LimitedConnection(ConnectionContext connection, ConnectionLimit limit) : ConnectionContext
{
    private int _left;

    /// <inheritdoc />
    public override string ConnectionId
    {
        get => connection.ConnectionId;
        set => connection.ConnectionId = value;
    }

    /// <inheritdoc />
    public override IFeatureCollection Features => connection.Features;

    /// <inheritdoc />
    public override IDictionary<object, object?> Items
    {
        get => connection.Items;
        set => connection.Items = value;
    }

    /// <inheritdoc />
    public override IDuplexPipe Transport
    {
        get => connection.Transport;
        set => connection.Transport = value;
    }

    /// <inheritdoc />
    public override CancellationToken ConnectionClosed
    {
        get => connection.ConnectionClosed;
        set => connection.ConnectionClosed = value;
    }

    /// <inheritdoc />
    public override EndPoint? LocalEndPoint
    {
        get => connection.LocalEndPoint;
        set => connection.LocalEndPoint = value;
    }

    /// <inheritdoc />
    public override EndPoint? RemoteEndPoint
    {
        get => connection.RemoteEndPoint;
        set => connection.RemoteEndPoint = value;
    }

    /// <inheritdoc />
    public override void Abort(ConnectionAbortedException abortReason) => connection.Abort(abortReason);

    /// <inheritdoc />
    public override async ValueTask DisposeAsync()
    {
        await connection.DisposeAsync();
        if (Interlocked.Exchange(ref _left, 1) == 0)
        {
            limit.Leave();
        }

        await base.DisposeAsync();
    }
}
