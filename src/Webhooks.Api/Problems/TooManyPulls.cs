using System.Globalization;
using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Webhooks.Core.Pull;

namespace Webhooks.Api.Problems;

/// <summary>The answer 429 when as many pulls are under way as may be.</summary>
internal sealed class TooManyPulls : IResult, IEndpointMetadataProvider
{
    /// <summary>Seconds. A pull may wait for longer, but most of many end sooner.</summary>
    private const int RetryAfter = 5;

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(ProblemKind.TooManyPulls.Answer);

    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.Headers.RetryAfter = RetryAfter.ToString(CultureInfo.InvariantCulture);
        return httpContext.Response.WriteProblemAsync(ProblemKind.TooManyPulls.Details(
            $"An organization may have {RunningPulls.MostOfOrganization} pulls under way at once, and all together as many as the server "
            + "has room for. Nothing was pulled; try again when one has ended."));
    }
}
