using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Webhooks.Api.Json;

namespace Webhooks.Api.Problems;

/// <summary>The writing of problem documents, whatever the request's <c>Accept</c> says: an error in another format helps nobody.</summary>
internal static class ProblemWriting
{
    /// <summary>Answers with a problem and its status.</summary>
    public static Task WriteProblemAsync(this HttpResponse response, ProblemDetails problem)
    {
        problem.Extensions["request_id"] = response.HttpContext.TraceIdentifier;
        response.StatusCode = problem.Status ?? StatusCodes.Status500InternalServerError;
        var cancellationToken = response.HttpContext.RequestAborted;
        return problem is HttpValidationProblemDetails validation
            ? response.WriteAsJsonAsync(validation, ApiJson.Default.HttpValidationProblemDetails, ProblemKind.MediaType, cancellationToken)
            : response.WriteAsJsonAsync(problem, ApiJson.Default.ProblemDetails, ProblemKind.MediaType, cancellationToken);
    }
}
