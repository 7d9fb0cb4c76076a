using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Webhooks.Load.Publishing;

/// <summary>
/// A connection that posts one request after the other. It does what a publisher cannot do without and nothing else, because its work
/// takes from the processors of what is measured.
/// </summary>
internal sealed class PublisherConnection : IDisposable
{
    private static readonly byte[] _accepted = "HTTP/1.1 202 "u8.ToArray();
    private static readonly byte[] _endOfHead = "\r\n\r\n"u8.ToArray();

    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _answer = new byte[256 * 1024];

    private PublisherConnection()
    {
    }

    public static async Task<PublisherConnection> OpenAsync(Uri server)
    {
        var connection = new PublisherConnection();
        await connection._socket.ConnectAsync(server.Host, server.Port);
        return connection;
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>Posts a request and waits for all of its answer.</summary>
    /// <exception cref="InvalidOperationException">The answer is not 202.</exception>
    public async ValueTask PostAsync(ReadOnlyMemory<byte> request)
    {
        // A request fits into the socket's buffer or is sent in pieces; either way SendAsync returns when all of it is on its way.
        await _socket.SendAsync(request);
        var length = 0;
        do
        {
            var read = await _socket.ReceiveAsync(_answer.AsMemory(length));
            length = read > 0 ? length + read : throw Unexpected(length);
        }
        while (!IsWhole(_answer.AsSpan(0, length)));

        if (!_answer.AsSpan(0, length).StartsWith(_accepted))
        {
            throw Unexpected(length);
        }
    }

    private static bool IsWhole(ReadOnlySpan<byte> answer)
    {
        var headLength = answer.IndexOf(_endOfHead);
        if (headLength < 0)
        {
            return false;
        }

        var bodyLength = answer.Length - headLength - _endOfHead.Length;
        return ContentLength(answer[..headLength]) is { } expected
            ? bodyLength >= expected
            // In chunks: JSON has no CR, so the only two in a row come after the last chunk.
            : bodyLength > 0 && answer.EndsWith(_endOfHead);
    }

    private static int? ContentLength(ReadOnlySpan<byte> head)
    {
        var name = "\r\nContent-Length: "u8;
        var at = head.IndexOf(name);
        if (at < 0)
        {
            return null;
        }

        var value = head[(at + name.Length)..];
        var end = value.IndexOf((byte)'\r');
        return int.Parse(end < 0 ? value : value[..end], CultureInfo.InvariantCulture);
    }

    private InvalidOperationException Unexpected(int length) =>
        new($"Publishing was answered with: {(length == 0 ? "the end of the connection" : Encoding.UTF8.GetString(_answer, 0, length))}");
}
