using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Webhooks.Core.Events;

namespace Webhooks.Api.Problems;

/// <summary>The answer 409 when a delivery is to be made again whose payload has been erased.</summary>
/// <param name="at">When, UTC.</param>
internal sealed class DeliveryRedacted(DateTimeOffset at) : IResult, IEndpointMetadataProvider
{
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(ProblemKind.DeliveryRedacted.Answer);

    public Task ExecuteAsync(HttpContext httpContext) =>
        httpContext.Response.WriteProblemAsync(ProblemKind.DeliveryRedacted.Details(
            $"Nothing was sent. The delivery's payload was erased at {EventTimestamp.Format(at)}, so there is nothing to send again. "
            + "Publish the event once more if the receiver needs it."));
}
