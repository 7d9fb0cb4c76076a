using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace Webhooks.Api.Problems;

/// <summary>The answer 409 when an organization has as many webhooks as it may have.</summary>
/// <param name="limit">How many that are.</param>
internal sealed class TooManyWebhooks(int limit) : IResult, IEndpointMetadataProvider
{
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(ProblemKind.TooManyWebhooks.Answer);

    public Task ExecuteAsync(HttpContext httpContext) =>
        httpContext.Response.WriteProblemAsync(ProblemKind.TooManyWebhooks.Details(
            $"The organization may have {limit} webhooks. Delete one that is no longer needed, or ask the platform's operators for a "
            + "higher limit."));
}
