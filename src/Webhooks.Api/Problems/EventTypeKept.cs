using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace Webhooks.Api.Problems;

/// <summary>The answer 409 to deleting an event type that stays.</summary>
/// <param name="reason">Why it does.</param>
internal sealed class EventTypeKept(string reason) : IResult, IEndpointMetadataProvider
{
    public static readonly EventTypeKept BuiltIn = new("Every installation has this event type.");

    public static readonly EventTypeKept Listed = new("Webhooks list this event type.");

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(ProblemKind.EventTypeKept.Answer);

    public Task ExecuteAsync(HttpContext httpContext) =>
        httpContext.Response.WriteProblemAsync(ProblemKind.EventTypeKept.Details(
            reason + " Archive it: it is no longer offered then, and what is published of it is still delivered."));
}
