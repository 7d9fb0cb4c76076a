using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Webhooks.Api.OpenApi;
using Webhooks.Api.Problems;
using Webhooks.Core.Events;
using Webhooks.Core.Idempotency;

namespace Webhooks.Api.Requests;

/// <summary>
/// An endpoint's parameter: the header <c>Idempotency-Key</c>, by which a request that is sent again is known. It is read and found good
/// before the endpoint runs.
/// </summary>
/// <param name="Value">The key; null when there is none.</param>
/// <param name="Path">The path of the request.</param>
internal sealed record IdempotencyKey(string? Value, string Path)
    : IBindableFromHttpContext<IdempotencyKey>, IEndpointParameterMetadataProvider
{
    /// <summary>The most characters that a key may have.</summary>
    public const int MostCharacters = 255;

    private const string Header = "Idempotency-Key";

    /// <exception cref="InvalidRequestException">The header cannot be used.</exception>
    public static ValueTask<IdempotencyKey?> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        var path = context.Request.Path.Value!;
        if (!context.Request.Headers.TryGetValue(Header, out var values))
        {
            return ValueTask.FromResult<IdempotencyKey?>(new IdempotencyKey(Value: null, path));
        }

        if (values is [{ Length: > 0 and <= MostCharacters } key] && key.All(character => character is >= ' ' and <= '~'))
        {
            return ValueTask.FromResult<IdempotencyKey?>(new IdempotencyKey(key, path));
        }

        var errors = new FieldErrors();
        errors.Add(Header, $"It must be given once, with 1 to {MostCharacters} printable ASCII characters.");
        throw new InvalidRequestException(errors);
    }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        builder.Metadata.Add(new HeaderDescription(
            Header,
            "A name of your own for this request. The same request under it within 24 hours is answered as the first was, and not made "
            + "again; another request is refused with 422.",
            Example: "b1a6f2d4-signup-4711",
            MostCharacters));
        builder.Metadata.Add(InvalidRequestException.Answer);
    }

    /// <summary>What names the request: its key, with its path and its body to tell it from another; null when it has no key.</summary>
    /// <param name="body">The body as it was sent; empty for a request that has none.</param>
    public RequestKey? ForRequest(ReadOnlyMemory<byte> body) =>
        Value is null ? null : new RequestKey(Value, SHA256.HashData([.. Encoding.UTF8.GetBytes(Path), (byte)'\n', .. body.Span]));
}
