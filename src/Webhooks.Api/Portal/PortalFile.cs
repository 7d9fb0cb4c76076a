using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Net.Http.Headers;

namespace Webhooks.Api.Portal;

/// <summary>A file of the portal, in memory: what is running goes on with the portal that it was started with.</summary>
internal sealed class PortalFile
{
    /// <summary>The forms that a file may lie beside itself in, compressed by the build; the first that a browser reads is sent.</summary>
    private static readonly (string Coding, string Extension)[] _codings = [("br", ".br"), ("gzip", ".gz")];

    private static readonly FileExtensionContentTypeProvider _types = new();

    private readonly string _contentType;
    private readonly Form _plain;
    private readonly IReadOnlyList<Form> _compressed;

    private PortalFile(string contentType, Form plain, IReadOnlyList<Form> compressed)
    {
        _contentType = contentType;
        _plain = plain;
        _compressed = compressed;
    }

    /// <summary>Whether a file is the compressed form of another.</summary>
    public static bool IsCompressed(string path) => _codings.Any(coding => path.EndsWith(coding.Extension, StringComparison.Ordinal));

    /// <summary>Reads a file, and its compressed forms.</summary>
    public static PortalFile Read(string path) => new(
        _types.TryGetContentType(path, out var type) ? type : "application/octet-stream",
        new Form(Coding: null, File.ReadAllBytes(path)),
        [
            .. _codings.Where(coding => File.Exists(path + coding.Extension))
                .Select(coding => new Form(coding.Coding, File.ReadAllBytes(path + coding.Extension))),
        ]);

    /// <summary>The file as a request's browser reads it; nothing but that it is the same when the browser has it already.</summary>
    public IResult ToResult(HttpContext context)
    {
        var headers = context.Response.Headers;
        var form = _plain;
        if (_compressed.Count > 0)
        {
            headers.Vary = HeaderNames.AcceptEncoding;
            form = _compressed.FirstOrDefault(form => form.IsReadBy(context.Request)) ?? _plain;
            headers.ContentEncoding = form.Coding;
        }

        return TypedResults.Bytes(form.Bytes, _contentType, entityTag: form.Tag);
    }

    private sealed record Form(string? Coding, byte[] Bytes)
    {
        public EntityTagHeaderValue Tag { get; } =
            new($"\"{Convert.ToHexStringLower(SHA256.HashData(Bytes).AsSpan(0, 16))}\"");

        public bool IsReadBy(HttpRequest request) => request.GetTypedHeaders().AcceptEncoding.Any(
            accepted => accepted.Value.Equals(Coding, StringComparison.OrdinalIgnoreCase) && accepted.Quality is not 0);
    }
}
