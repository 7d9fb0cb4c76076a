using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Webhooks.Api.Authentication;
using Webhooks.Api.Problems;
using Webhooks.Api.Requests;
using Webhooks.Core;
using Webhooks.Core.Statistics;

namespace Webhooks.Api.Statistics;

/// <summary><c>/stats</c> and <c>/webhooks/{id}/stats</c>: how it is going, in counts.</summary>
internal static class StatisticsEndpoints
{
    private const string Meaning =
        "In total, for each minute, hour or day, and, if asked for, by event type, error or webhook. They are exact at every moment, "
        + "whatever crashes, retries and redeliveries there were. Deliveries count when they were created, whenever they end; attempts, "
        + "failed attempts and durations count when the attempt was made. Counts by minute are kept for 2 days, by hour for 90 days, by "
        + "day for longer.";

    public static void MapStatistics(this IEndpointRouteBuilder api)
    {
        api.MapGet("/stats", GetAsync)
            .WithTags("Statistics")
            .WithName(OperationNames.GetStatistics)
            .WithSummary("Count the deliveries to all webhooks")
            .WithDescription(
                $"Also those to webhooks that are deleted. {Meaning} With `group_by=webhook`, each group has a `series` of its own: one "
                + "request draws what a list of webhooks shows.")
            .WithMetadata(new NarrowedToWebhook())
            .RequireAuthorization(Scopes.ReadWebhooks);

        api.MapGet("/webhooks/{id}/stats", GetOfWebhookAsync)
            .WithTags("Statistics")
            .WithName(OperationNames.GetWebhookStatistics)
            .WithSummary("Count the deliveries to a webhook")
            .WithDescription(Meaning)
            .RequireAuthorization(Scopes.ReadWebhooks);
    }

    private static async Task<Ok<StatisticsResource>> GetAsync(
        Query<AllStatisticsQuery> query,
        ClaimsPrincipal user,
        DeliveryStatistics statistics,
        WebhooksOptions options,
        TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var (common, webhooks) = query.Value;
        var window = common.WindowAt(clock.GetUtcNow(), options.Statistics);
        var report = await statistics.ReadAsync(user.Reach(), window, common.Grouping, webhooks, cancellationToken);
        return TypedResults.Ok(StatisticsResource.Of(window, report));
    }

    private static async Task<Results<Ok<StatisticsResource>, NotFoundProblem>> GetOfWebhookAsync(
        ResourceId id,
        Query<StatisticsQuery> query,
        ClaimsPrincipal user,
        DeliveryStatistics statistics,
        WebhooksOptions options,
        TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var window = query.Value.WindowAt(clock.GetUtcNow(), options.Statistics);
        return await statistics.ReadAsync(user.OrganizationId(), id.Value, window, query.Value.Grouping, cancellationToken) is { } report
            ? TypedResults.Ok(StatisticsResource.Of(window, report))
            : NotFoundProblem.Webhook;
    }
}
