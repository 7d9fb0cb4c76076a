using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace Webhooks.Api.Problems;

/// <summary>The answer 409 when an attempt's request is asked for that has not been made.</summary>
/// <param name="attempts">How many have.</param>
internal sealed class NotSent(int attempts) : IResult, IEndpointMetadataProvider
{
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) => builder.Metadata.Add(ProblemKind.NotSent.Answer);

    public Task ExecuteAsync(HttpContext httpContext) =>
        httpContext.Response.WriteProblemAsync(ProblemKind.NotSent.Details(attempts == 0
            ? "Nothing has been sent yet, so there is no request to show. Ask again when the first attempt was made."
            : $"The delivery has {attempts} {(attempts == 1 ? "attempt" : "attempts")}. Ask for one of these, or leave attempt out for "
                + "the last."));
}
