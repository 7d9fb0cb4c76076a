using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Webhooks.Core.Events;

namespace Webhooks.Api.Problems;

/// <summary>The answer 409 when a secret is to be rotated whose last rotation has an overlap that runs.</summary>
/// <param name="until">The overlap's end, UTC.</param>
internal sealed class OverlapRuns(DateTimeOffset until) : IResult, IEndpointMetadataProvider
{
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(ProblemKind.OverlapRuns.Answer);

    public Task ExecuteAsync(HttpContext httpContext) =>
        httpContext.Response.WriteProblemAsync(ProblemKind.OverlapRuns.Details(
            $"Nothing was changed. The secret was rotated before, and until {EventTimestamp.Format(until)} requests are signed with the "
            + "one before it, too. Wait until then, end the overlap (DELETE …/secret/previous), or send \"force\": true, which ends "
            + "it."));
}
