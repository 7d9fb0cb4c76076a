using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Webhooks.Core.Events;

namespace Webhooks.Api.Problems;

/// <summary>The answer 400 with what is wrong, by field.</summary>
internal sealed class InvalidRequest(IReadOnlyDictionary<string, string[]> errors) : IResult, IEndpointMetadataProvider
{
    public InvalidRequest(FieldErrors errors)
        : this(errors.ToDictionary())
    {
    }

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(
            ProblemKind.InvalidRequest.Status, typeof(HttpValidationProblemDetails), [ProblemKind.MediaType]));

    public Task ExecuteAsync(HttpContext httpContext) =>
        httpContext.Response.WriteProblemAsync(ProblemKind.InvalidRequest.Details("The member errors says what is wrong with which field.", errors));
}
