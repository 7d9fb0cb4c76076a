using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace Webhooks.Api.Problems;

/// <summary>The answer 409 when a webhook is to be recovered that has a recovery which is not finished.</summary>
/// <param name="recoveryId">That recovery.</param>
internal sealed class RecoveryRuns(Guid recoveryId) : IResult, IEndpointMetadataProvider
{
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(ProblemKind.RecoveryRuns.Answer);

    public Task ExecuteAsync(HttpContext httpContext) =>
        httpContext.Response.WriteProblemAsync(ProblemKind.RecoveryRuns.Details(
            $"Nothing was begun. The webhook's recovery {recoveryId} is running or paused. Wait until it is finished, or cancel it "
            + $"(POST …/recoveries/{recoveryId}/cancel)."));
}
