using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace Webhooks.Api.Problems;

/// <summary>The bodies of answers that have none: those of routing.</summary>
internal static class StatusProblems
{
    public static Task WriteAsync(StatusCodeContext context)
    {
        var response = context.HttpContext.Response;
        var problem = response.StatusCode switch
        {
            StatusCodes.Status404NotFound => ProblemKind.NotFound.Details(
                "No operation has this path. The document /openapi/v1.json lists all."),
            StatusCodes.Status405MethodNotAllowed => ProblemKind.MethodNotAllowed.Details($"This path allows {response.Headers.Allow}."),
            _ => null,
        };
        return problem is null ? Task.CompletedTask : response.WriteProblemAsync(problem);
    }
}
