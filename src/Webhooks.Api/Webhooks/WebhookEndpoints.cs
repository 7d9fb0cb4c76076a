using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Webhooks.Api.Authentication;
using Webhooks.Api.Deliveries;
using Webhooks.Api.Json;
using Webhooks.Api.OpenApi;
using Webhooks.Api.Problems;
using Webhooks.Api.Requests;
using Webhooks.Core;
using Webhooks.Core.Deliveries;
using Webhooks.Core.Events;
using Webhooks.Core.Webhooks;

namespace Webhooks.Api.Webhooks;

/// <summary><c>/webhooks</c>: an organization's own webhooks.</summary>
internal static class WebhookEndpoints
{
    private static readonly WebhookChanges _noChange = new();

    public static void MapWebhooks(this IEndpointRouteBuilder api)
    {
        var webhooks = api.MapGroup("/webhooks").WithTags("Webhooks");

        webhooks.MapPost("/", CreateAsync)
            .WithName(OperationNames.CreateWebhook)
            .WithSummary("Create a webhook")
            .WithDescription("The answer shows the webhook's `secret`, which deliveries are signed with. It is never shown again.")
            .TakesJson(RequestDescription.CreateWebhook)
            .RequireAuthorization(Scopes.WriteWebhooks);

        webhooks.MapGet("/", ListAsync)
            .WithName(OperationNames.ListWebhooks)
            .WithSummary("List webhooks")
            .WithDescription("Newest first.")
            .WithMetadata(WebhookListQuery.Parameters)
            .RequireAuthorization(Scopes.ReadWebhooks);

        webhooks.MapGet("/{id}", GetAsync)
            .WithName(OperationNames.GetWebhook)
            .WithSummary("Show a webhook")
            .RequireAuthorization(Scopes.ReadWebhooks);

        webhooks.MapPatch("/{id}", UpdateAsync)
            .WithName(OperationNames.UpdateWebhook)
            .WithSummary("Change a webhook")
            .WithDescription("A field that is left out stays as it is. `\"active\": false` also cancels the deliveries that are pending.")
            .TakesJson(RequestDescription.UpdateWebhook)
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
                "Makes one signed attempt, also when the webhook is not active, and waits for its result: `status` is `succeeded` or `failed`. "
                + "It is not retried; the history shows it with `test` true.")
            .TakesJson(RequestDescription.TestWebhook)
            .RequireAuthorization(Scopes.WriteWebhooks);
    }

    private static async Task<Results<Created<CreatedWebhook>, InvalidRequest, TooManyWebhooks>> CreateAsync(
        HttpRequest request, ClaimsPrincipal user, WebhookStore store, WebhooksOptions options, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        var fields = await JsonBody.ReadObjectAsync(request, options.Limits.RequestBytes, errors, cancellationToken);
        if (new WebhookFields(fields, options, errors).ToNewWebhook() is not { } webhook)
        {
            return new InvalidRequest(errors);
        }

        return await store.CreateAsync(user.OrganizationId(), webhook, cancellationToken) is (var created, var secret)
            ? TypedResults.Created($"{ApiPaths.Webhooks}/{created.Id}", CreatedWebhook.From(created, secret))
            : new TooManyWebhooks(options.Limits.WebhooksPerOrganization);
    }

    private static async Task<Results<Ok<ListPage<WebhookResource>>, InvalidRequest>> ListAsync(
        HttpRequest request, ClaimsPrincipal user, WebhookStore store, WebhooksOptions options, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        if (WebhookListQuery.Read(request.Query, options.Limits, errors) is not { } query)
        {
            return new InvalidRequest(errors);
        }

        var page = await store.ListAsync(user.OrganizationId(), query.Filter, query.Limit, query.After, cancellationToken);
        return TypedResults.Ok(new ListPage<WebhookResource>([.. page.Items.Select(WebhookResource.From)], Cursor.Encode(page.Next)));
    }

    private static async Task<Results<Ok<WebhookResource>, NotFoundProblem>> GetAsync(
        ResourceId id, ClaimsPrincipal user, WebhookStore store, CancellationToken cancellationToken) =>
        await store.FindAsync(user.OrganizationId(), id.Value, cancellationToken) is { } webhook
            ? TypedResults.Ok(WebhookResource.From(webhook))
            : NotFoundProblem.Webhook;

    private static async Task<Results<Ok<WebhookResource>, InvalidRequest, NotFoundProblem>> UpdateAsync(
        ResourceId id, HttpRequest request, ClaimsPrincipal user, WebhookStore store, WebhooksOptions options, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        var fields = await JsonBody.ReadObjectAsync(request, options.Limits.RequestBytes, errors, cancellationToken);
        if (new WebhookFields(fields, options, errors).ToChanges() is not { } changes)
        {
            return new InvalidRequest(errors);
        }

        // Without a change, updated_at stays as it is, too.
        var change = changes == _noChange
            ? store.FindAsync(user.OrganizationId(), id.Value, cancellationToken)
            : store.UpdateAsync(user.OrganizationId(), id.Value, changes, cancellationToken);
        return await change is { } webhook
            ? TypedResults.Ok(WebhookResource.From(webhook))
            : NotFoundProblem.Webhook;
    }

    private static async Task<Results<NoContent, NotFoundProblem>> DeleteAsync(
        ResourceId id, ClaimsPrincipal user, WebhookStore store, CancellationToken cancellationToken) =>
        await store.DeleteAsync(user.OrganizationId(), id.Value, cancellationToken)
            ? TypedResults.NoContent()
            : NotFoundProblem.Webhook;

    private static async Task<Results<Ok<DeliveryDetailResource>, InvalidRequest, NotFoundProblem>> TestAsync(
        ResourceId id, HttpRequest request, ClaimsPrincipal user, TestDelivery test, WebhooksOptions options, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        var fields = await JsonBody.ReadOptionalObjectAsync(request, options.Limits.RequestBytes, errors, cancellationToken);
        if (TestRequest.Read(fields, errors) is not { } sample)
        {
            return new InvalidRequest(errors);
        }

        return await test.SendAsync(user.OrganizationId(), id.Value, sample.Event, cancellationToken) is { } delivery
            ? TypedResults.Ok(DeliveryDetailResource.From(delivery))
            : NotFoundProblem.Webhook;
    }
}
