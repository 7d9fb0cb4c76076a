using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace Webhooks.Api.Problems;

/// <summary>The answer 409 when something is to be sent to a webhook that is not active.</summary>
internal sealed class WebhookInactive : IResult, IEndpointMetadataProvider
{
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(ProblemKind.WebhookInactive.Answer);

    public Task ExecuteAsync(HttpContext httpContext) =>
        httpContext.Response.WriteProblemAsync(ProblemKind.WebhookInactive.Details(
            "Nothing was changed. The webhook is not active, so nothing is delivered to it. Activate it first (PATCH with "
            + "\"active\": true)."));
}
