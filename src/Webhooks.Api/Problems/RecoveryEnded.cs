using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Webhooks.Core.Recoveries;

namespace Webhooks.Api.Problems;

/// <summary>The answer 409 when a recovery is to be changed that has ended.</summary>
/// <param name="state">How it ended.</param>
internal sealed class RecoveryEnded(RecoveryState state) : IResult, IEndpointMetadataProvider
{
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(ProblemKind.RecoveryEnded.Answer);

    public Task ExecuteAsync(HttpContext httpContext) =>
        httpContext.Response.WriteProblemAsync(ProblemKind.RecoveryEnded.Details(
            $"Nothing was changed. The recovery is {state.ToText()}. Begin another for what it has left."));
}
