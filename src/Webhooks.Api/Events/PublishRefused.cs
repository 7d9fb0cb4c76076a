using System.Globalization;
using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Webhooks.Api.Problems;
using Webhooks.Core.Organizations;

namespace Webhooks.Api.Events;

/// <summary>
/// The answer when an organization publishes more than its limit allows: 429 when it may later, and 413 when so many events never may be
/// published at once.
/// </summary>
/// <param name="allowance">What the limit says.</param>
internal sealed class PublishRefused(PublishAllowance allowance) : IResult, IEndpointMetadataProvider
{
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder)
    {
        builder.Metadata.Add(ProblemKind.PublishLimit.Answer);
        builder.Metadata.Add(ProblemKind.MoreThanBurst.Answer);
    }

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        RateLimitHeaders.Write(response, allowance);
        if (allowance.IsMoreThanBurst)
        {
            return response.WriteProblemAsync(ProblemKind.MoreThanBurst.Details(
                $"Nothing was published. The organization {allowance.OrgId} may publish {allowance.Rate.Burst} events at once, and these "
                + $"are {allowance.Events}. Publish them in smaller arrays."));
        }

        var seconds = RateLimitHeaders.Seconds(allowance.Wait);
        response.Headers.RetryAfter = seconds;
        return response.WriteProblemAsync(ProblemKind.PublishLimit.Details(string.Create(
            CultureInfo.InvariantCulture,
            $"Nothing was published. The organization {allowance.OrgId} may publish {allowance.Rate.PerSecond} events a second, and "
            + $"{allowance.Rate.Burst} at once; {allowance.Remaining} are left now. Try again in {seconds} s.")));
    }
}
