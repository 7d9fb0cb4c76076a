using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Webhooks.Api.OpenApi;
using Webhooks.Core.Webhooks;

namespace Webhooks.Api.Webhooks;

/// <summary>The answer 201 with a webhook and its secret. Its <c>ETag</c> is the tag of the webhook as it is shown from then on.</summary>
/// <param name="webhook">The webhook.</param>
/// <param name="secret">Its secret in clear.</param>
internal sealed class MadeWebhook(Webhook webhook, string secret) : IResult, IEndpointMetadataProvider
{
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder)
    {
        builder.Metadata.Add(new ProducesResponseTypeMetadata(
            StatusCodes.Status201Created, typeof(CreatedWebhook), ["application/json"]));
        builder.Metadata.Add(AnswerHeader.TagOf(StatusCodes.Status201Created));
    }

    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.Headers.ETag = WebhookTag.Of(WebhookResource.From(webhook));
        return TypedResults.Created($"{ApiPaths.Webhooks}/{webhook.Id}", CreatedWebhook.From(webhook, secret)).ExecuteAsync(httpContext);
    }
}
