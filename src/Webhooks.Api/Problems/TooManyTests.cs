using System.Globalization;
using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Webhooks.Core.Deliveries;

namespace Webhooks.Api.Problems;

/// <summary>The answer 429 when an organization has as many tests under way as it may have.</summary>
internal sealed class TooManyTests : IResult, IEndpointMetadataProvider
{
    /// <summary>Seconds. A test may take as long as an attempt, but most end sooner.</summary>
    private const int RetryAfter = 5;

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(ProblemKind.TooManyTests.Answer);

    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.Headers.RetryAfter = RetryAfter.ToString(CultureInfo.InvariantCulture);
        return httpContext.Response.WriteProblemAsync(ProblemKind.TooManyTests.Details(
            $"{RunningTests.MostOfOrganization} tests of the organization wait for their answers. Nothing was sent; try again when "
            + "one has ended."));
    }
}
