using System.Buffers;
using System.Text;

namespace Webhooks.Core.Sending;

/// <summary>Reads the beginning of an answer's body and makes it safe to store.</summary>
internal static class AnswerBody
{
    /// <summary>At most the first <paramref name="limit"/> bytes as text; less when the receiver breaks off, since its status was its answer.</summary>
    /// <exception cref="OperationCanceledException">The token was canceled while the body was still coming.</exception>
    public static async ValueTask<string> ReadAsync(HttpContent content, int limit, CancellationToken cancellationToken)
    {
        if (content.Headers.ContentLength == 0)
        {
            return "";
        }

        var buffer = ArrayPool<byte>.Shared.Rent(limit);
        try
        {
            var length = await FillAsync(content, buffer.AsMemory(0, limit), cancellationToken);
            return ToText(buffer.AsSpan(0, length), cut: length == limit);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>
    /// The bytes as UTF-8 that a PostgreSQL <c>text</c> column takes: what is not UTF-8 and NUL become U+FFFD, and a character that
    /// the cut went through is left out.
    /// </summary>
    public static string ToText(ReadOnlySpan<byte> bytes, bool cut)
    {
        if (cut && Rune.DecodeLastFromUtf8(bytes, out _, out var partial) == OperationStatus.NeedMoreData)
        {
            bytes = bytes[..^partial];
        }

        return Encoding.UTF8.GetString(bytes).Replace('\0', '\uFFFD');
    }

    private static async Task<int> FillAsync(HttpContent content, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var length = 0;
        try
        {
            await using var stream = await content.ReadAsStreamAsync(cancellationToken);
            while (length < buffer.Length)
            {
                var read = await stream.ReadAsync(buffer[length..], cancellationToken);
                if (read == 0)
                {
                    break;
                }

                length += read;
            }
        }
        catch (Exception brokenOff) when (brokenOff is IOException or HttpRequestException && !cancellationToken.IsCancellationRequested)
        {
            // What came before is kept.
        }

        return length;
    }
}
