using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace Webhooks.Api.Problems;

/// <summary>The answer 409 when an organization has as many API keys as it may have.</summary>
/// <param name="limit">How many that are.</param>
internal sealed class TooManyApiKeys(int limit) : IResult, IEndpointMetadataProvider
{
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(ProblemKind.TooManyApiKeys.Answer);

    public Task ExecuteAsync(HttpContext httpContext) =>
        httpContext.Response.WriteProblemAsync(ProblemKind.TooManyApiKeys.Details(
            $"An organization may have {limit} API keys, those that have expired included. Revoke one that is no longer needed."));
}
