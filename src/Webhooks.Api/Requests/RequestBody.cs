using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Webhooks.Api.Requests;

/// <summary>The whole body of a request, in a rented buffer that is given back when it is disposed.</summary>
internal sealed class RequestBody : IDisposable
{
    /// <summary>The one Content-Encoding that is read: none.</summary>
    public const string AcceptedEncoding = "identity";

    /// <summary>What is rented before anything has arrived: a declared length alone must not cost memory.</summary>
    private const int FirstBytes = 16 * 1024;

    private byte[] _buffer;
    private int _length;

    private RequestBody(int capacity) => _buffer = ArrayPool<byte>.Shared.Rent(capacity);

    /// <summary>The bytes without a byte order mark, which some programs write before UTF-8; valid until this is disposed.</summary>
    public ReadOnlyMemory<byte> Bytes
    {
        get
        {
            var bytes = _buffer.AsMemory(0, _length);
            return bytes.Span.StartsWith(ByteOrderMark) ? bytes[ByteOrderMark.Length..] : bytes;
        }
    }

    private static ReadOnlySpan<byte> ByteOrderMark => "\uFEFF"u8;

    /// <summary>Reads the body to its end, whatever its Content-Type says.</summary>
    /// <param name="request">The request.</param>
    /// <param name="limit">The most bytes that it may have.</param>
    /// <exception cref="BadHttpRequestException">413: it has more, declared or sent. 415: it is compressed.</exception>
    public static async Task<RequestBody> ReadAsync(HttpRequest request, int limit, CancellationToken cancellationToken)
    {
        RefuseEncoding(request.Headers.ContentEncoding);
        if (request.ContentLength > limit)
        {
            throw TooLarge(limit);
        }

        RaiseServerLimit(request.HttpContext, limit);
        var body = new RequestBody((int)Math.Min(request.ContentLength ?? FirstBytes, FirstBytes));
        try
        {
            await body.FillAsync(request, limit, cancellationToken);
            return body;
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
            _length = 0;
        }
    }

    private async Task FillAsync(HttpRequest request, int limit, CancellationToken cancellationToken)
    {
        var reader = request.BodyReader;
        while (true)
        {
            var read = await ReadAsync(reader, limit, cancellationToken);
            if (_length + read.Buffer.Length > limit)
            {
                reader.AdvanceTo(read.Buffer.End);
                throw TooLarge(limit);
            }

            Append(read.Buffer);
            reader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return;
            }
        }
    }

    private static async ValueTask<ReadResult> ReadAsync(PipeReader reader, int limit, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadAsync(cancellationToken);
        }
        catch (IOException failure) when (failure.InnerException is OverflowException)
        {
            // A chunk of 2 GiB or more, which Kestrel cannot count.
            throw TooLarge(limit);
        }
    }

    private void Append(ReadOnlySequence<byte> bytes)
    {
        var length = _length + (int)bytes.Length;
        if (length > _buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(length, _buffer.Length * 2));
            _buffer.AsSpan(0, _length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        bytes.CopyTo(_buffer.AsSpan(_length));
        _length = length;
    }

    private static void RefuseEncoding(StringValues encodings)
    {
        var encoding = encodings.ToString();
        if (encoding.Length > 0 && !string.Equals(encoding, AcceptedEncoding, StringComparison.OrdinalIgnoreCase))
        {
            throw new BadHttpRequestException(
                "The body is compressed or otherwise encoded, as Content-Encoding says. Send it as it is, without that header.",
                StatusCodes.Status415UnsupportedMediaType);
        }
    }

    /// <summary>The server has a limit of its own, which must not refuse with another message what this one allows.</summary>
    private static void RaiseServerLimit(HttpContext context, int limit)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } server && server.MaxRequestBodySize <= limit)
        {
            server.MaxRequestBodySize = limit + 1L;
        }
    }

    private static BadHttpRequestException TooLarge(int limit) =>
        new($"The body may have {limit} bytes.", StatusCodes.Status413PayloadTooLarge);
}
