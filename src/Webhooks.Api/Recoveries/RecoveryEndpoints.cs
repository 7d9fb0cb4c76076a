using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Webhooks.Api.Authentication;
using Webhooks.Api.Json;
using Webhooks.Api.Problems;
using Webhooks.Api.Requests;
using Webhooks.Core.Recoveries;

namespace Webhooks.Api.Recoveries;

/// <summary><c>/webhooks/{id}/recoveries</c>: what a webhook did not get in a window of time is redelivered.</summary>
internal static class RecoveryEndpoints
{
    public static void MapRecoveries(this IEndpointRouteBuilder api)
    {
        var recoveries = api.MapGroup("/webhooks/{id}/recoveries").WithTags("Recoveries");

        recoveries.MapPost("/", CreateAsync)
            .WithName(OperationNames.CreateRecovery)
            .WithSummary("Recover what a webhook did not get")
            .WithDescription(
                "Redelivers, oldest first, each delivery that was created in a window of time and is in one of some states, unless it has "
                + "been redelivered since and has arrived or is on its way. Redeliveries and tests are not recovered themselves, so the "
                + "receiver gets no event twice. It goes at `rate`, and waits while much is due to the webhook, so that live events do not "
                + "wait behind it. A webhook has one recovery at a time. With `dry_run`, nothing is begun: the answer is 200 and counts "
                + "what there is.")
            .RequireAuthorization(Scopes.WriteWebhooks);

        recoveries.MapGet("/", ListAsync)
            .WithName(OperationNames.ListRecoveries)
            .WithSummary("List a webhook's recoveries")
            .WithDescription("Newest first.")
            .RequireAuthorization(Scopes.ReadWebhooks);

        recoveries.MapGet("/{recovery_id}", GetAsync)
            .WithName(OperationNames.GetRecovery)
            .WithSummary("Show a recovery and its progress")
            .RequireAuthorization(Scopes.ReadWebhooks);

        recoveries.MapPost("/{recovery_id}/pause", PauseAsync)
            .WithName(OperationNames.PauseRecovery)
            .WithSummary("Pause a recovery")
            .WithDescription("It makes no more redeliveries until it is resumed. Those that it has made go on.")
            .RequireAuthorization(Scopes.WriteWebhooks);

        recoveries.MapPost("/{recovery_id}/resume", ResumeAsync)
            .WithName(OperationNames.ResumeRecovery)
            .WithSummary("Resume a recovery")
            .WithDescription(
                "It goes on where it was paused, also when it was paused because the webhook was deactivated, once that is active again.")
            .RequireAuthorization(Scopes.WriteWebhooks);

        recoveries.MapPost("/{recovery_id}/cancel", CancelAsync)
            .WithName(OperationNames.CancelRecovery)
            .WithSummary("Cancel a recovery")
            .WithDescription("It makes no more redeliveries. Those that it has made go on; cancel them as others, if they are not wanted.")
            .RequireAuthorization(Scopes.WriteWebhooks);
    }

    private static async Task<Results<Ok<RecoveryPreviewResource>, Accepted<RecoveryResource>, NotFoundProblem, RecoveryRuns,
        WebhookInactive, ReusedIdempotencyKey>> CreateAsync(
        ResourceId id,
        Body<CreateRecoveryBody> body,
        IdempotencyKey key,
        ClaimsPrincipal user,
        RecoveryStore recoveries,
        RecoverableDeliveries deliveries,
        HttpContext context,
        CancellationToken cancellationToken)
    {
        var (recovery, dryRun) = body.Value;
        if (dryRun)
        {
            return await deliveries.PreviewAsync(user.OrganizationId(), id.Value, recovery.Scope, cancellationToken) is { } preview
                ? TypedResults.Ok(RecoveryPreviewResource.From(preview))
                : NotFoundProblem.Webhook;
        }

        switch (await recoveries.CreateAsync(
            user.OrganizationId(), id.Value, recovery, key.ForRequest(body.Bytes), cancellationToken))
        {
            case RecoveryCreation.Begun(var begun):
                await StartAsync(context, begun);
                return TypedResults.Accepted((string?)null, RecoveryResource.Of(begun));
            case RecoveryCreation.OtherRuns(var other):
                return new RecoveryRuns(other);
            case RecoveryCreation.WebhookInactive:
                return new WebhookInactive();
            case RecoveryCreation.KeyReused:
                return new ReusedIdempotencyKey();
            default:
                return NotFoundProblem.Webhook;
        }
    }

    private static async Task<Results<Ok<ListPage<RecoveryResource>>, NotFoundProblem>> ListAsync(
        ResourceId id, Query<PageQuery> query, ClaimsPrincipal user, RecoveryStore recoveries, CancellationToken cancellationToken)
    {
        var (limit, after) = query.Value;
        return await recoveries.ListAsync(user.OrganizationId(), id.Value, limit, after, cancellationToken) is { } page
            ? TypedResults.Ok(new ListPage<RecoveryResource>([.. page.Items.Select(RecoveryResource.Of)], Cursor.Encode(page.Next)))
            : NotFoundProblem.Webhook;
    }

    private static async Task<Results<Ok<RecoveryResource>, NotFoundProblem>> GetAsync(
        ResourceId id,
        [FromRoute(Name = "recovery_id")] ResourceId recoveryId,
        ClaimsPrincipal user,
        RecoveryStore recoveries,
        CancellationToken cancellationToken) =>
        await recoveries.FindAsync(user.OrganizationId(), id.Value, recoveryId.Value, cancellationToken) is { } recovery
            ? TypedResults.Ok(RecoveryResource.Of(recovery))
            : NotFoundProblem.Recovery;

    private static async Task<Results<Ok<RecoveryResource>, NotFoundProblem, RecoveryEnded>> PauseAsync(
        ResourceId id,
        [FromRoute(Name = "recovery_id")] ResourceId recoveryId,
        ClaimsPrincipal user,
        RecoveryStore recoveries,
        CancellationToken cancellationToken) =>
        AnswerTo(await recoveries.PauseAsync(user.OrganizationId(), id.Value, recoveryId.Value, cancellationToken));

    private static async Task<Results<Ok<RecoveryResource>, NotFoundProblem, RecoveryEnded, WebhookInactive>> ResumeAsync(
        ResourceId id,
        [FromRoute(Name = "recovery_id")] ResourceId recoveryId,
        ClaimsPrincipal user,
        RecoveryStore recoveries,
        HttpContext context,
        CancellationToken cancellationToken)
    {
        switch (await recoveries.ResumeAsync(user.OrganizationId(), id.Value, recoveryId.Value, cancellationToken))
        {
            case RecoveryChange.Made(var resumed):
                await StartAsync(context, resumed);
                return TypedResults.Ok(RecoveryResource.Of(resumed));
            case RecoveryChange.Ended(var state):
                return new RecoveryEnded(state);
            case RecoveryChange.WebhookInactive:
                return new WebhookInactive();
            default:
                return NotFoundProblem.Recovery;
        }
    }

    private static async Task<Results<Ok<RecoveryResource>, NotFoundProblem, RecoveryEnded>> CancelAsync(
        ResourceId id,
        [FromRoute(Name = "recovery_id")] ResourceId recoveryId,
        ClaimsPrincipal user,
        RecoveryStore recoveries,
        CancellationToken cancellationToken) =>
        AnswerTo(await recoveries.CancelAsync(user.OrganizationId(), id.Value, recoveryId.Value, cancellationToken));

    private static Results<Ok<RecoveryResource>, NotFoundProblem, RecoveryEnded> AnswerTo(RecoveryChange? change) => change switch
    {
        RecoveryChange.Made(var recovery) => TypedResults.Ok(RecoveryResource.Of(recovery)),
        RecoveryChange.Ended(var state) => new RecoveryEnded(state),
        _ => NotFoundProblem.Recovery,
    };

    private static Task StartAsync(HttpContext context, Recovery recovery) =>
        context.Features.Get<IRecoveryOrchestrationFeature>() is { } orchestrations && recovery.State == RecoveryState.Running
            ? orchestrations.StartAsync(recovery.Id)
            : Task.CompletedTask;
}
