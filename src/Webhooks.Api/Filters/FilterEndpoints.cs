using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Webhooks.Api.Authentication;
using Webhooks.Api.Requests;
using Webhooks.Core.Filters;

namespace Webhooks.Api.Filters;

/// <summary><c>/webhooks/filter/test</c>: what a filter says of a payload.</summary>
internal static class FilterEndpoints
{
    public static void MapFilters(this IEndpointRouteBuilder api) =>
        api.MapPost("/webhooks/filter/test", TestAsync)
            .WithTags("Webhooks")
            .WithName(OperationNames.TestFilter)
            .WithSummary("Try a filter on a payload")
            .WithDescription(
                "By the code that decides when events are published. Says whether a webhook with this filter would get the payload, and of "
                + "each condition whether it holds. Nothing is stored.")
            .WithMetadata(new NarrowedToWebhook())
            .RequireAuthorization(Scopes.ReadWebhooks);

    private static async Task<Ok<FilterTrialResource>> TestAsync(
        Body<TestFilterBody> body, FilterTrials trials, CancellationToken cancellationToken) =>
        TypedResults.Ok(FilterTrialResource.From(
            body.Value.Filter, await trials.RunAsync(body.Value.Filter, body.Value.Payload, cancellationToken)));
}
