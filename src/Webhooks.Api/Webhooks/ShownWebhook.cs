using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Webhooks.Api.OpenApi;
using Webhooks.Core.Webhooks;

namespace Webhooks.Api.Webhooks;

/// <summary>The answer 200 with a webhook, and with its tag as <c>ETag</c>.</summary>
internal sealed class ShownWebhook : IResult, IEndpointMetadataProvider
{
    private readonly WebhookResource _webhook;

    public ShownWebhook(Webhook webhook)
    {
        _webhook = WebhookResource.From(webhook);
        Tag = WebhookTag.Of(_webhook);
    }

    /// <summary>Its entity tag.</summary>
    public string Tag { get; }

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder)
    {
        builder.Metadata.Add(new ProducesResponseTypeMetadata(
            StatusCodes.Status200OK, typeof(WebhookResource), ["application/json"]));
        builder.Metadata.Add(AnswerHeader.TagOf(StatusCodes.Status200OK));
    }

    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.Headers.ETag = Tag;
        return TypedResults.Ok(_webhook).ExecuteAsync(httpContext);
    }
}
