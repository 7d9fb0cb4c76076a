using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Webhooks.Core.Deliveries;

namespace Webhooks.Api.Problems;

/// <summary>The answer 409 when a delivery is to be canceled that is finished.</summary>
/// <param name="status">How it ended.</param>
internal sealed class DeliveryFinished(DeliveryStatus status) : IResult, IEndpointMetadataProvider
{
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(ProblemKind.DeliveryFinished.Answer);

    public Task ExecuteAsync(HttpContext httpContext) =>
        httpContext.Response.WriteProblemAsync(ProblemKind.DeliveryFinished.Details(
            $"Nothing was changed. The delivery is {status.ToText()}, and no attempt of it follows that could be canceled."));
}
