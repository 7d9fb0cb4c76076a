using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Webhooks.Core.Events;

namespace Webhooks.Api.Problems;

/// <summary>A request whose fields are wrong. <see cref="ExceptionProblems"/> answers it with what is wrong, by field.</summary>
/// <param name="errors">What is wrong.</param>
internal sealed class InvalidRequestException(FieldErrors errors) : Exception("The request is not valid.")
{
    /// <summary>The answer, for the OpenAPI document.</summary>
    public static readonly IProducesResponseTypeMetadata Answer = new ProducesResponseTypeMetadata(
        ProblemKind.InvalidRequest.Status, typeof(HttpValidationProblemDetails), [ProblemKind.MediaType]);

    /// <summary>The problem that the caller is told.</summary>
    public HttpValidationProblemDetails Problem { get; } =
        ProblemKind.InvalidRequest.Details("The member errors says what is wrong with which field.", errors.ToDictionary());
}
