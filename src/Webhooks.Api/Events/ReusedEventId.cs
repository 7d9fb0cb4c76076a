using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Webhooks.Api.Problems;
using Webhooks.Core.Events;

namespace Webhooks.Api.Events;

/// <summary>The answer 409 when an event's id belongs to another event. It says what differs, by field.</summary>
/// <param name="reused">Which event, and what differs.</param>
/// <param name="isArray">Whether the events were published as an array.</param>
internal sealed class ReusedEventId(ReusedKeyException reused, bool isArray) : IResult, IEndpointMetadataProvider
{
    private static readonly string[] _message = ["It differs from that of the event that has this id."];

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(
            ProblemKind.ReusedEventId.Status, typeof(HttpValidationProblemDetails), [ProblemKind.MediaType]));

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var path = isArray ? $"[{reused.Index}]." : "";
        return httpContext.Response.WriteProblemAsync(ProblemKind.ReusedEventId.Details(
            "Nothing was published. An id names one event for 7 days: publish the same event again, or give the new one an id of its own.",
            reused.Differing.Select(field => KeyValuePair.Create(path + field, _message))));
    }
}
