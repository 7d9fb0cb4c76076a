using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Webhooks.Api.OpenApi;
using Webhooks.Api.Webhooks;
using Webhooks.Core.Events;
using Webhooks.Core.Webhooks;

namespace Webhooks.Api.Problems;

/// <summary>The answer 412 when a webhook was to be changed in a state that it no longer has.</summary>
/// <param name="webhook">The webhook as it is.</param>
internal sealed class ChangedMeanwhile(Webhook webhook) : IResult, IEndpointMetadataProvider
{
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder)
    {
        builder.Metadata.Add(ProblemKind.ChangedMeanwhile.Answer);
        builder.Metadata.Add(AnswerHeader.TagOf(ProblemKind.ChangedMeanwhile.Status));
    }

    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.Headers.ETag = WebhookTag.Of(WebhookResource.From(webhook));
        return httpContext.Response.WriteProblemAsync(ProblemKind.ChangedMeanwhile.Details(
            "Nothing was changed. The webhook is not in a state that If-Match names; it was last changed at "
            + $"{EventTimestamp.Format(webhook.UpdatedAt)}. Read it again, and if the request still fits, repeat it with the new ETag."));
    }
}
