using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace Webhooks.Api.Problems;

/// <summary>The answer 409 to making an event type whose name another has.</summary>
/// <param name="name">The name.</param>
internal sealed class EventTypeExists(string name) : IResult, IEndpointMetadataProvider
{
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(ProblemKind.EventTypeExists.Answer);

    public Task ExecuteAsync(HttpContext httpContext) =>
        httpContext.Response.WriteProblemAsync(ProblemKind.EventTypeExists.Details(
            $"Nothing was made: there is an event type {name}. Change that one, or import, which makes and changes."));
}
