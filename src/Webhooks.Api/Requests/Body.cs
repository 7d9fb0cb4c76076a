using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Webhooks.Api.Problems;
using Webhooks.Core;
using Webhooks.Core.Events;

namespace Webhooks.Api.Requests;

/// <summary>
/// An endpoint's parameter: the request's body, which is read and found good before the endpoint runs. A body that is not is answered with
/// a problem. It also tells the OpenAPI document what is read, and how that can fail.
/// </summary>
internal sealed class Body<T> : IBindableFromHttpContext<Body<T>>, IEndpointParameterMetadataProvider
    where T : class, IRequestBody<T>
{
    private Body(T value, ReadOnlyMemory<byte> bytes)
    {
        Value = value;
        Bytes = bytes;
    }

    /// <summary>What the body says.</summary>
    public T Value { get; }

    /// <summary>The body as it was sent; valid until the request has been answered.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <exception cref="BadHttpRequestException">The body as a whole cannot be used.</exception>
    /// <exception cref="InvalidRequestException">Fields of it are wrong.</exception>
    public static async ValueTask<Body<T>?> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        var limits = context.RequestServices.GetRequiredService<WebhooksOptions>().Limits;
        var body = await RequestBody.ReadAsync(context.Request, T.MostBytes(limits), context.RequestAborted);
        context.Response.RegisterForDispose(body);
        var errors = new FieldErrors();
        return T.Read(body.Bytes, context, errors) is { } value
            ? new Body<T>(value, body.Bytes)
            : throw new InvalidRequestException(errors);
    }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        builder.Metadata.Add(T.Description);
        builder.Metadata.Add(InvalidRequestException.Answer);
        builder.Metadata.Add(ProblemKind.BodyTooLarge.Answer);
        builder.Metadata.Add(ProblemKind.UnsupportedEncoding.Answer);
    }
}
