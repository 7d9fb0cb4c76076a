using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Webhooks.Api.EventTypes;
using Webhooks.Api.Problems;
using Webhooks.Core;
using Webhooks.Core.Events;

namespace Webhooks.Api.Requests;

/// <summary>
/// An endpoint's parameter: the request's query, which is read and found good before the endpoint runs. One that is not is answered with a
/// problem. It also tells the OpenAPI document what can be asked for.
/// </summary>
internal sealed class Query<T> : IBindableFromHttpContext<Query<T>>, IEndpointParameterMetadataProvider
    where T : class, IRequestQuery<T>
{
    private Query(T value) => Value = value;

    /// <summary>What the query says.</summary>
    public T Value { get; }

    /// <exception cref="InvalidRequestException">Parameters are wrong.</exception>
    public static ValueTask<Query<T>?> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        var errors = new FieldErrors();
        var limits = context.RequestServices.GetRequiredService<WebhooksOptions>().Limits;
        var value = T.Read(new QueryFields(context.Request.Query, T.Parameters, context.EventTypes(), errors), limits);
        return errors.Count == 0 ? ValueTask.FromResult<Query<T>?>(new Query<T>(value)) : throw new InvalidRequestException(errors);
    }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        builder.Metadata.Add(T.Parameters);
        builder.Metadata.Add(InvalidRequestException.Answer);
    }
}
