using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using Webhooks.Api.Authentication;
using Webhooks.Api.Problems;
using Webhooks.Api.Requests;
using Webhooks.Core.Pull;

namespace Webhooks.Api.Pull;

/// <summary><c>/webhooks/{id}/pull</c>: receivers without a URL fetch their deliveries, and report what came of them.</summary>
internal static class PullEndpoints
{
    public static void MapPull(this IEndpointRouteBuilder api)
    {
        var pull = api.MapGroup("/webhooks/{id}/pull").WithTags("Pull").RequireAuthorization(Scopes.PullDeliveries);

        pull.MapPost("/", PullAsync)
            .WithName(OperationNames.PullDeliveries)
            .WithSummary("Pull deliveries")
            .WithDescription(
                "Of a webhook whose `mode` is `pull`: gives deliveries that are due, oldest first, each as the signed request that would "
                + "have been posted. Each is yours for "
                + $"{PullLease.Time.TotalSeconds} seconds, and nobody else's: handle it, and report the result. Without any, the answer "
                + "comes after `wait_seconds`, or as soon as there is one. Deliveries with large payloads come in smaller numbers.");

        pull.MapPost("/results", ReportAsync)
            .WithName(OperationNames.ReportPulled)
            .WithSummary("Report results of pulled deliveries")
            .WithDescription(
                "Each result is recorded as an attempt, as if the system had got that answer: 200 to 299 ends the delivery, anything else "
                + "is retried by the webhook's schedule, 410 disables the webhook. Give `status`, and `body` if you want, or `error`: one "
                + "of `timeout` `dns_error` `connection_refused` `connection_failed` `connection_closed` `tls_error` `invalid_response`, "
                + "or a text of your own. The answer says of each whether it was recorded; one whose lease has ended is not, which keeps "
                + "none of the others from being.");
    }

    private static async Task<Results<Ok<PulledDeliveries>, NotFoundProblem, NotPulled, WebhookInactive, TooManyPulls>> PullAsync(
        ResourceId id,
        Body<PullBody> body,
        ClaimsPrincipal user,
        DeliveryPulls pulls,
        RunningPulls running,
        IHostApplicationLifetime lifetime,
        CancellationToken cancellationToken)
    {
        using var begun = running.TryBegin(user.OrganizationId());
        if (begun is null)
        {
            return new TooManyPulls();
        }

        var (limit, wait) = body.Value;
        return await pulls.PullAsync(
            user.OrganizationId(), id.Value, limit, wait, lifetime.ApplicationStopping, cancellationToken) switch
        {
            PullOutcome.Pulled pulled => TypedResults.Ok(PulledDeliveries.From(pulled)),
            PullOutcome.NotPulled => new NotPulled(),
            PullOutcome.Inactive => new WebhookInactive(),
            _ => NotFoundProblem.Webhook,
        };
    }

    private static async Task<Results<Ok<ReportedResults>, NotFoundProblem>> ReportAsync(
        ResourceId id, Body<PullResultsBody> body, ClaimsPrincipal user, DeliveryPulls pulls, CancellationToken cancellationToken)
    {
        var results = body.Value.Results;
        return await pulls.RecordAsync(user.OrganizationId(), id.Value, results, cancellationToken) is { } recorded
            ? TypedResults.Ok(new ReportedResults([.. results.Select(result => ReportedResult.Of(result.DeliveryId, recorded))]))
            : NotFoundProblem.Webhook;
    }
}
