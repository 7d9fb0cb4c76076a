using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Webhooks.Core.PortalSessions;

namespace Webhooks.Api.Problems;

/// <summary>The answer 409 when an organization has as many sessions of the portal as it may have at once.</summary>
internal sealed class TooManyPortalSessions : IResult, IEndpointMetadataProvider
{
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(ProblemKind.TooManyPortalSessions.Answer);

    public Task ExecuteAsync(HttpContext httpContext) =>
        httpContext.Response.WriteProblemAsync(ProblemKind.TooManyPortalSessions.Details(
            $"An organization may have {PortalSessionStore.MostOfOrganization} portal sessions at once. Revoke some, make shorter ones, or "
            + "use a link again."));
}
