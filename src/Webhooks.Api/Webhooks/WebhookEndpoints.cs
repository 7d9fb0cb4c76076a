using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Webhooks.Api.Authentication;
using Webhooks.Api.Deliveries;
using Webhooks.Api.Json;
using Webhooks.Api.Problems;
using Webhooks.Api.Requests;
using Webhooks.Core.Deliveries;
using Webhooks.Core.Webhooks;

namespace Webhooks.Api.Webhooks;

/// <summary><c>/webhooks</c>: an organization's own webhooks.</summary>
internal static class WebhookEndpoints
{
    public static void MapWebhooks(this IEndpointRouteBuilder api)
    {
        var webhooks = api.MapGroup("/webhooks").WithTags("Webhooks");

        webhooks.MapPost("/", CreateAsync)
            .WithName(OperationNames.CreateWebhook)
            .WithSummary("Create a webhook")
            .WithDescription(
                "The answer shows the webhook's `secret`, which deliveries are signed with. It is shown again only to a repeat with the "
                + "same `Idempotency-Key`, which is answered with the webhook and the secret that it has then.")
            .RequireAuthorization(Scopes.WriteWebhooks);

        webhooks.MapGet("/", ListAsync)
            .WithName(OperationNames.ListWebhooks)
            .WithSummary("List webhooks")
            .WithDescription("Newest first. `metadata.KEY=VALUE` selects webhooks that have this label, and all others that are given so.")
            .WithMetadata(new NarrowedToWebhook())
            .RequireAuthorization(Scopes.ReadWebhooks);

        webhooks.MapGet("/{id}", GetAsync)
            .WithName(OperationNames.GetWebhook)
            .WithSummary("Show a webhook")
            .WithDescription("The header `ETag` is the webhook's tag: for `If-None-Match` here, and for `If-Match` when it is changed.")
            .RequireAuthorization(Scopes.ReadWebhooks);

        webhooks.MapPatch("/{id}", UpdateAsync)
            .WithName(OperationNames.UpdateWebhook)
            .WithSummary("Change a webhook")
            .WithDescription(
                "A field that is left out stays as it is. `\"active\": false` also cancels the deliveries that are pending. "
                + "`\"active\": true` of a webhook that was not resets its `health` and sends one sample event, which finds out "
                + "whether its receiver answers. Another `url` resets `health`, too. With another `mode`, what is pending goes that way "
                + "from then on.")
            .RequireAuthorization(Scopes.WriteWebhooks);

        webhooks.MapDelete("/{id}", DeleteAsync)
            .WithName(OperationNames.DeleteWebhook)
            .WithSummary("Delete a webhook")
            .WithDescription("Its pending deliveries are canceled, and its secret is erased.")
            .RequireAuthorization(Scopes.WriteWebhooks);

        webhooks.MapPost("/{id}/test", TestAsync)
            .WithName(OperationNames.TestWebhook)
            .WithSummary("Send a sample event now")
            .WithDescription(
                "The event type's sample, or `data` of your own. Makes one signed attempt, also when the webhook is not active, and waits "
                + "for its result: `status` is `succeeded` or `failed`. It is not retried; the history shows it with `test` true. Where "
                + "the webhook's mode is `pull`, it waits to be pulled: `status` is `pending`, and the webhook has to be active. An "
                + $"organization may have {RunningTests.MostOfOrganization} tests under way at once.")
            .RequireAuthorization(Scopes.WriteWebhooks);

        MapSecrets(webhooks);
    }

    private static void MapSecrets(RouteGroupBuilder webhooks)
    {
        webhooks.MapPost("/{id}/secret/rotate", RotateSecretAsync)
            .WithName(OperationNames.RotateSecret)
            .WithSummary("Give a webhook a new secret")
            .WithDescription(
                "The answer shows the new secret. Until `previous_secret_expires_at`, no receiver breaks: `webhook-signature` lists the "
                + "signature by the new secret and then that by the old one, `X-Webhook-Signature` stays with the old one, and "
                + "`X-Webhook-Signature-Next` has that by the new one. When your receiver knows the new secret, promote it, or let the "
                + "overlap end. A repeat with the same `Idempotency-Key` is answered with the same secret, as long as no other rotation "
                + "has followed.")
            .RequireAuthorization(Scopes.WriteWebhooks);

        webhooks.MapPost("/{id}/secret/promote", PromoteSecretAsync)
            .WithName(OperationNames.PromoteSecret)
            .WithSummary("Sign X-Webhook-Signature with the new secret")
            .WithDescription(
                "For receivers that verify `X-Webhook-Signature`, which has one value: it is made with the new secret from now on. "
                + "`webhook-signature` has both until the overlap ends. To promote again changes nothing.")
            .RequireAuthorization(Scopes.WriteWebhooks);

        webhooks.MapDelete("/{id}/secret/previous", EndSecretOverlapAsync)
            .WithName(OperationNames.EndSecretOverlap)
            .WithSummary("Erase the old secret")
            .WithDescription("Ends the overlap of a rotation: the new secret signs alone from now on. Without an overlap, nothing changes.")
            .RequireAuthorization(Scopes.WriteWebhooks);
    }

    private static async Task<Results<MadeWebhook, TooManyWebhooks, ReusedIdempotencyKey, MadeAndDeleted>> CreateAsync(
        Body<CreateWebhookBody> body,
        IdempotencyKey key,
        ClaimsPrincipal user,
        WebhookStore store,
        CancellationToken cancellationToken) =>
        await store.CreateAsync(user.OrganizationId(), body.Value.Webhook, key.ForRequest(body.Bytes), cancellationToken) switch
        {
            WebhookCreation.Created(var webhook, var secret) => new MadeWebhook(webhook, secret),
            WebhookCreation.TooMany(var most) => new TooManyWebhooks(most),
            WebhookCreation.KeyReused => new ReusedIdempotencyKey(),
            _ => new MadeAndDeleted(),
        };

    private static async Task<Ok<ListPage<WebhookResource>>> ListAsync(
        Query<WebhookListQuery> query, ClaimsPrincipal user, WebhookStore store, CancellationToken cancellationToken)
    {
        var (filter, limit, after) = query.Value;
        var page = await store.ListAsync(user.Reach(), filter, limit, after, cancellationToken);
        return TypedResults.Ok(new ListPage<WebhookResource>([.. page.Items.Select(WebhookResource.From)], Cursor.Encode(page.Next)));
    }

    private static async Task<Results<ShownWebhook, UnchangedWebhook, NotFoundProblem>> GetAsync(
        ResourceId id, IfNoneMatch condition, ClaimsPrincipal user, WebhookStore store, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(user.OrganizationId(), id.Value, cancellationToken) is not { } webhook)
        {
            return NotFoundProblem.Webhook;
        }

        var shown = new ShownWebhook(webhook);
        return condition.Has(shown.Tag) ? new UnchangedWebhook(shown.Tag) : shown;
    }

    private static async Task<Results<ShownWebhook, NotFoundProblem, ChangedMeanwhile>> UpdateAsync(
        ResourceId id,
        Body<UpdateWebhookBody> body,
        IfMatch condition,
        ClaimsPrincipal user,
        WebhookStore store,
        CancellationToken cancellationToken)
    {
        var changed = body.Value.IsEmpty
            ? null
            : await store.UpdateAsync(user.OrganizationId(), id.Value, body.Value.Changes, condition.States, cancellationToken);
        if (changed is not null)
        {
            return new ShownWebhook(changed);
        }

        return await store.FindAsync(user.OrganizationId(), id.Value, cancellationToken) switch
        {
            null => NotFoundProblem.Webhook,
            { } webhook when WebhookFields.Problem(webhook, body.Value.Changes) is { } problem =>
                throw new InvalidRequestException(problem),
            // Without a change, updated_at stays as it is, too.
            { } webhook when body.Value.IsEmpty && condition.IsMetBy(webhook) => new ShownWebhook(webhook),
            { } webhook => new ChangedMeanwhile(webhook),
        };
    }

    private static async Task<Results<NoContent, NotFoundProblem, ChangedMeanwhile>> DeleteAsync(
        ResourceId id, IfMatch condition, ClaimsPrincipal user, WebhookStore store, CancellationToken cancellationToken)
    {
        if (await store.DeleteAsync(user.OrganizationId(), id.Value, condition.States, cancellationToken))
        {
            return TypedResults.NoContent();
        }

        return await store.FindAsync(user.OrganizationId(), id.Value, cancellationToken) is { } webhook
            ? new ChangedMeanwhile(webhook)
            : NotFoundProblem.Webhook;
    }

    private static async Task<Results<Ok<DeliveryDetailResource>, NotFoundProblem, WebhookInactive, TooManyTests>> TestAsync(
        ResourceId id,
        Body<TestWebhookBody> body,
        ClaimsPrincipal user,
        TestDelivery test,
        RunningTests running,
        WebhookStore store,
        CancellationToken cancellationToken)
    {
        using var begun = running.TryBegin(user.OrganizationId());
        if (begun is null)
        {
            return new TooManyTests();
        }

        if (await test.SendAsync(user.OrganizationId(), id.Value, body.Value.Event, body.Value.Data, cancellationToken) is { } delivery)
        {
            return TypedResults.Ok(DeliveryDetailResource.From(delivery));
        }

        return await store.FindAsync(user.OrganizationId(), id.Value, cancellationToken) is null
            ? NotFoundProblem.Webhook
            : new WebhookInactive();
    }

    private static async Task<Results<Ok<RotatedSecret>, NotFoundProblem, OverlapRuns, ReusedIdempotencyKey>> RotateSecretAsync(
        ResourceId id,
        Body<RotateSecretBody> body,
        IdempotencyKey key,
        ClaimsPrincipal user,
        WebhookRotations rotations,
        CancellationToken cancellationToken) =>
        await rotations.RotateAsync(user.OrganizationId(), id.Value, body.Value.ToRotation(key), cancellationToken) switch
        {
            SecretRotation.Rotated rotated => TypedResults.Ok(RotatedSecret.From(rotated)),
            SecretRotation.OverlapRuns running => new OverlapRuns(running.Until),
            SecretRotation.KeyReused => new ReusedIdempotencyKey(),
            _ => NotFoundProblem.Webhook,
        };

    private static async Task<Results<ShownWebhook, NotFoundProblem, NoOverlap>> PromoteSecretAsync(
        ResourceId id, ClaimsPrincipal user, WebhookRotations rotations, WebhookStore store, CancellationToken cancellationToken) =>
        await rotations.PromoteAsync(user.OrganizationId(), id.Value, cancellationToken) switch
        {
            SecretPromotion.NoOverlap => new NoOverlap(),
            SecretPromotion.Promoted
                when await store.FindAsync(user.OrganizationId(), id.Value, cancellationToken) is { } webhook => new ShownWebhook(webhook),
            _ => NotFoundProblem.Webhook,
        };

    private static async Task<Results<NoContent, NotFoundProblem>> EndSecretOverlapAsync(
        ResourceId id, ClaimsPrincipal user, WebhookRotations rotations, CancellationToken cancellationToken) =>
        await rotations.EndOverlapAsync(user.OrganizationId(), id.Value, cancellationToken)
            ? TypedResults.NoContent()
            : NotFoundProblem.Webhook;
}
