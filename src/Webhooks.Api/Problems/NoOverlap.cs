using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace Webhooks.Api.Problems;

/// <summary>The answer 409 when a secret is to be promoted that already signs alone.</summary>
internal sealed class NoOverlap : IResult, IEndpointMetadataProvider
{
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(ProblemKind.NoOverlap.Answer);

    public Task ExecuteAsync(HttpContext httpContext) =>
        httpContext.Response.WriteProblemAsync(ProblemKind.NoOverlap.Details(
            "Nothing was changed. The webhook has one secret, and every signature is made with it. Rotate it first "
            + "(POST …/secret/rotate)."));
}
