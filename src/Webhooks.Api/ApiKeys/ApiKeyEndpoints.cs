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
using Webhooks.Core;
using Webhooks.Core.ApiKeys;

namespace Webhooks.Api.ApiKeys;

/// <summary>
/// <c>/api-keys</c>: what an organization's programs call the API with. Whoever may write webhooks may make and revoke keys: a key never
/// allows more than who makes it may do.
/// </summary>
internal static class ApiKeyEndpoints
{
    public static void MapApiKeys(this IEndpointRouteBuilder api)
    {
        var keys = api.MapGroup("/api-keys").WithTags("API keys");

        keys.MapPost("/", CreateAsync)
            .WithName(OperationNames.CreateApiKey)
            .WithSummary("Make an API key")
            .WithDescription(
                "The answer shows the key, this once: it is stored nowhere. It allows what `scopes` says, which is no more than the token "
                + "or key of this request does. A key that is made with another key ends with it, also when that is revoked. A repeat "
                + "with the same `Idempotency-Key` makes no second key and cannot show the first again: it is 409 and names it.")
            .WithMetadata(new ClosedToPortalSessions())
            .RequireAuthorization(Scopes.WriteWebhooks);

        keys.MapGet("/", ListAsync)
            .WithName(OperationNames.ListApiKeys)
            .WithSummary("List API keys")
            .WithDescription("Newest first, without the keys themselves. Those that have expired are listed until they are revoked.")
            .RequireAuthorization(Scopes.ReadWebhooks);

        keys.MapGet("/{key_id}", GetAsync)
            .WithName(OperationNames.GetApiKey)
            .WithSummary("Show an API key, without the key itself")
            .RequireAuthorization(Scopes.ReadWebhooks);

        keys.MapDelete("/{key_id}", RevokeAsync)
            .WithName(OperationNames.RevokeApiKey)
            .WithSummary("Revoke an API key")
            .WithDescription(
                "Within a second, it is accepted nowhere any more, and neither are the keys and portal sessions that were made with it.")
            .WithMetadata(new ClosedToPortalSessions())
            .RequireAuthorization(Scopes.WriteWebhooks);
    }

    private static async Task<Results<Created<CreatedApiKey>, NotAuthorized, TooManyApiKeys, ShownOnce, ReusedIdempotencyKey,
        MadeAndDeleted>> CreateAsync(
        Body<CreateApiKeyBody> body,
        IdempotencyKey requestKey,
        ClaimsPrincipal user,
        ApiKeyStore keys,
        WebhooksOptions options,
        CancellationToken cancellationToken)
    {
        var wanted = body.Value.Key;
        if (wanted.Scopes.Where(scope => !user.May(scope)).ToArray() is { Length: > 0 } wider)
        {
            return NotAuthorized.Wider("key", wider);
        }

        return await keys.CreateAsync(user.OrganizationId(), wanted, requestKey.ForRequest(body.Bytes), cancellationToken) switch
        {
            ApiKeyCreation.Made made => TypedResults.Created($"{ApiPaths.ApiKeys}/{made.Key.Id}", CreatedApiKey.From(made)),
            ApiKeyCreation.MadeBefore(var id) => new ShownOnce(id),
            ApiKeyCreation.MadeAndRevoked => new MadeAndDeleted(),
            ApiKeyCreation.RequestKeyReused => new ReusedIdempotencyKey(),
            ApiKeyCreation.MakerRevoked => NotAuthorized.KeyRevoked,
            _ => new TooManyApiKeys(options.Limits.ApiKeysPerOrganization),
        };
    }

    private static async Task<Ok<ListPage<ApiKeyResource>>> ListAsync(
        Query<PageQuery> query, ClaimsPrincipal user, ApiKeyStore keys, CancellationToken cancellationToken)
    {
        var (limit, after) = query.Value;
        var page = await keys.ListAsync(user.OrganizationId(), limit, after, cancellationToken);
        return TypedResults.Ok(new ListPage<ApiKeyResource>([.. page.Items.Select(ApiKeyResource.From)], Cursor.Encode(page.Next)));
    }

    private static async Task<Results<Ok<ApiKeyResource>, NotFoundProblem>> GetAsync(
        [FromRoute(Name = "key_id")] ResourceId keyId, ClaimsPrincipal user, ApiKeyStore keys, CancellationToken cancellationToken) =>
        await keys.FindAsync(user.OrganizationId(), keyId.Value, cancellationToken) is { } key
            ? TypedResults.Ok(ApiKeyResource.From(key))
            : NotFoundProblem.ApiKey;

    private static async Task<Results<NoContent, NotFoundProblem>> RevokeAsync(
        [FromRoute(Name = "key_id")] ResourceId keyId, ClaimsPrincipal user, ApiKeyStore keys, CancellationToken cancellationToken) =>
        await keys.RevokeAsync(user.OrganizationId(), keyId.Value, cancellationToken) ? TypedResults.NoContent() : NotFoundProblem.ApiKey;
}
