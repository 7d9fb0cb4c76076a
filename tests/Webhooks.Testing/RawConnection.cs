using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Webhooks.Testing;

/// <summary>One connection to a <see cref="RawReceiver"/>.</summary>
public sealed partial class RawConnection(Socket socket, Stream stream, int number)
{
    private static readonly byte[] _endOfHead = "\r\n\r\n"u8.ToArray();

    /// <summary>1 for the receiver's first connection.</summary>
    public int Number => number;

    /// <summary>The next request's head and body, bytes as Latin-1; empty when the sender closed the connection instead.</summary>
    public async Task<string> ReadRequestAsync(CancellationToken cancellationToken)
    {
        using var request = new MemoryStream();
        var missing = 1;
        var buffer = new byte[4096];
        while (missing > 0)
        {
            var read = await stream.ReadAsync(buffer, cancellationToken);
            if (read == 0)
            {
                break;
            }

            request.Write(buffer, 0, read);
            missing = MissingBytes(request.GetBuffer().AsSpan(0, (int)request.Length));
        }

        return Encoding.Latin1.GetString(request.GetBuffer(), 0, (int)request.Length);
    }

    /// <summary>Waits for the first bytes, whatever they are.</summary>
    public async Task ReadSomeAsync(CancellationToken cancellationToken) => _ = await stream.ReadAsync(new byte[4096], cancellationToken);

    /// <summary>Writes text as it stands, characters as Latin-1 bytes.</summary>
    public Task WriteAsync(string text, CancellationToken cancellationToken) =>
        stream.WriteAsync(Encoding.Latin1.GetBytes(text), cancellationToken).AsTask();

    /// <summary>Writes bytes as they stand.</summary>
    public Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        stream.WriteAsync(bytes, cancellationToken).AsTask();

    /// <summary>Waits until the sender has closed the connection.</summary>
    public async Task WaitForCloseAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[4096];
        while (await stream.ReadAsync(buffer, cancellationToken) > 0)
        {
            // What else the sender sends does not matter.
        }
    }

    /// <summary>Ends the connection with a TCP reset, as a crashed server does.</summary>
    public void Reset()
    {
        socket.LingerState = new LingerOption(enable: true, seconds: 0);
        socket.Close();
    }

    private static int MissingBytes(ReadOnlySpan<byte> request)
    {
        var headLength = request.IndexOf(_endOfHead);
        if (headLength < 0)
        {
            return 1;
        }

        var length = ContentLength().Match(Encoding.Latin1.GetString(request[..headLength]));
        var bodyLength = length.Success ? int.Parse(length.Groups[1].Value, CultureInfo.InvariantCulture) : 0;
        return headLength + _endOfHead.Length + bodyLength - request.Length;
    }

    [GeneratedRegex(@"^Content-Length: (\d+)", RegexOptions.Multiline | RegexOptions.IgnoreCase)]
    private static partial Regex ContentLength();
}
