using System.Buffers;

namespace Webhooks.Core.Sending;

/// <summary>
/// The body of an answer: reads the beginning of it and makes it safe to store. Nothing that a body does takes back the status before it.
/// </summary>
internal static class AnswerBody
{
    /// <summary>
    /// At most the first <paramref name="limit"/> bytes as text. When the body breaks off or does not end in time, its last line says that
    /// it was cut.
    /// </summary>
    /// <param name="content">The answer's content.</param>
    /// <param name="limit">Bytes that are read, and bytes that are kept of what they decode to.</param>
    /// <param name="inTime">Is canceled when the body has had its time.</param>
    /// <param name="cancellationToken">Is canceled when nobody wants the outcome any more.</param>
    /// <exception cref="OperationCanceledException">
    /// <paramref name="cancellationToken"/> was canceled while the body was still coming.
    /// </exception>
    public static async ValueTask<string> ReadAsync(
        HttpContent content, int limit, CancellationToken inTime, CancellationToken cancellationToken)
    {
        if (content.Headers.ContentLength == 0)
        {
            return "";
        }

        var buffer = ArrayPool<byte>.Shared.Rent(limit);
        try
        {
            var (length, cut) = await FillAsync(content, buffer.AsMemory(0, limit), inTime, cancellationToken);
            return AnswerText.From(content.Headers, buffer.AsSpan(0, length), limit, isWhole: cut is null && length < limit, cut);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>
    /// The number of bytes that came, and why it is not all of the body although there was room for more; null when it is.
    /// </summary>
    private static async Task<(int Length, string? Cut)> FillAsync(
        HttpContent content, Memory<byte> buffer, CancellationToken inTime, CancellationToken cancellationToken)
    {
        var length = 0;
        try
        {
            await using var stream = await content.ReadAsStreamAsync(inTime);
            while (length < buffer.Length)
            {
                var read = await stream.ReadAsync(buffer[length..], inTime);
                if (read == 0)
                {
                    break;
                }

                length += read;
            }

            return (length, Cut: null);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Of any type: whatever it is, the status has come.
            return (length, inTime.IsCancellationRequested ? "the body did not end in time" : "the body broke off");
        }
    }
}
