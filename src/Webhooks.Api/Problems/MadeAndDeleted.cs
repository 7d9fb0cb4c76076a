using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace Webhooks.Api.Problems;

/// <summary>The answer 409 to the repeat of a request under its key, when what the request made has been deleted.</summary>
internal sealed class MadeAndDeleted : IResult, IEndpointMetadataProvider
{
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(ProblemKind.MadeAndDeleted.Answer);

    public Task ExecuteAsync(HttpContext httpContext) =>
        httpContext.Response.WriteProblemAsync(ProblemKind.MadeAndDeleted.Details(
            "Nothing was made. This request was made before under the same Idempotency-Key, and what it made has been deleted since. Take "
            + "a new key to make another."));
}
