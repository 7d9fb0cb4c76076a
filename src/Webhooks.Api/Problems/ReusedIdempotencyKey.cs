using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace Webhooks.Api.Problems;

/// <summary>The answer 422 when a request has the Idempotency-Key of another request.</summary>
internal sealed class ReusedIdempotencyKey : IResult, IEndpointMetadataProvider
{
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(ProblemKind.ReusedIdempotencyKey.Answer);

    public Task ExecuteAsync(HttpContext httpContext) =>
        httpContext.Response.WriteProblemAsync(ProblemKind.ReusedIdempotencyKey.Details(
            "Nothing was changed. An Idempotency-Key names one request for 24 hours: send the same body again, or take a new key."));
}
