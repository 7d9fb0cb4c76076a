using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace Webhooks.Api.Problems;

/// <summary>The answer 409 to the repeat of a request that has made an API key: nothing is stored that could show it again.</summary>
/// <param name="id">The key's id.</param>
internal sealed class ShownOnce(Guid id) : IResult, IEndpointMetadataProvider
{
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(ProblemKind.ShownOnce.Answer);

    public Task ExecuteAsync(HttpContext httpContext) =>
        httpContext.Response.WriteProblemAsync(ProblemKind.ShownOnce.Details(
            $"Nothing was made. This request was made before under the same Idempotency-Key, and made the API key {id}, which only its "
            + "answer showed. If that was lost, revoke the key, and make another with a new Idempotency-Key."));
}
