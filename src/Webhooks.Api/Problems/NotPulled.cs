using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace Webhooks.Api.Problems;

/// <summary>The answer 409 when somebody pulls from a webhook to which deliveries are posted.</summary>
internal sealed class NotPulled : IResult, IEndpointMetadataProvider
{
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(ProblemKind.NotPulled.Answer);

    public Task ExecuteAsync(HttpContext httpContext) =>
        httpContext.Response.WriteProblemAsync(ProblemKind.NotPulled.Details(
            "The webhook's mode is push: its deliveries are posted to its URL. To pull them, change it (PATCH with \"mode\": \"pull\")."));
}
