using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Webhooks.Api.Authentication;
using Webhooks.Api.Json;
using Webhooks.Api.Problems;
using Webhooks.Api.Requests;
using Webhooks.Core.Organizations;

namespace Webhooks.Api.Organizations;

/// <summary><c>/organizations</c>: what those who operate the platform see of organizations, allow them, and erase.</summary>
internal static class OrganizationEndpoints
{
    /// <summary>How long a request to erase goes on with it. What is left then, the host's chore erases.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(2);

    public static void MapOrganizations(this IEndpointRouteBuilder api)
    {
        var organizations = api.MapGroup("/organizations").WithTags("Organizations").RequireAuthorization(Scopes.Admin);

        organizations.MapGet("/", ListAsync)
            .WithName(OperationNames.ListOrganizations)
            .WithSummary("List all organizations")
            .WithDescription(
                "By id, the greatest first. An organization is known from its first webhook, or from when something of it was first "
                + $"changed here. Of webhooks and of pending deliveries, {OrganizationStore.MostCounted:N0} are counted at most.");

        organizations.MapGet("/{org_id}", GetAsync)
            .WithName(OperationNames.GetOrganization)
            .WithSummary("Show an organization")
            .WithDescription("Of one that is erased, its id and the report are left.");

        organizations.MapPatch("/{org_id}", UpdateAsync)
            .WithName(OperationNames.UpdateOrganization)
            .WithSummary("Name an organization, or change its limits and how its portal is shown")
            .WithDescription(
                "A field that is left out stays as it is. An organization that has made nothing yet is made known by it, so that it can be "
                + "limited before it begins.")
            .WithMetadata(ProblemKind.OrganizationErased.Answer);

        organizations.MapDelete("/{org_id}", EraseAsync)
            .WithName(OperationNames.EraseOrganization)
            .WithSummary("Erase everything of an organization")
            .WithDescription(
                "For good: its webhooks and their secrets, deliveries with their payloads, keys, and audit entries. From then on nothing "
                + "is sent for it, and whatever is published or made for it is 409; messages of the queue are dropped. When all is erased "
                + "at once, the answer is 200 with the report; otherwise 202 with the report so far, and it goes on by itself, also after "
                + "a server has ended: show the organization to see how far it is. What is left is its id, when this was, who asked for "
                + "it, and how many rows were erased.");
    }

    private static async Task<Ok<ListPage<OrganizationResource>>> ListAsync(
        Query<OrganizationListQuery> query, OrganizationStore store, CancellationToken cancellationToken)
    {
        var (name, limit, after) = query.Value;
        var page = await store.ListAsync(name, limit, after, cancellationToken);
        return TypedResults.Ok(
            new ListPage<OrganizationResource>([.. page.Items.Select(OrganizationResource.From)], Cursor.Encode(page.Next)));
    }

    private static async Task<Results<Ok<OrganizationResource>, NotFoundProblem>> GetAsync(
        [FromRoute(Name = "org_id")] ResourceId id, OrganizationStore store, CancellationToken cancellationToken) =>
        await store.FindAsync(id.Value, cancellationToken) is { } organization
            ? TypedResults.Ok(OrganizationResource.From(organization))
            : NotFoundProblem.Organization;

    private static async Task<Results<Ok<OrganizationResource>, NotFoundProblem>> UpdateAsync(
        [FromRoute(Name = "org_id")] ResourceId id,
        Body<UpdateOrganizationBody> body,
        OrganizationStore store,
        CancellationToken cancellationToken)
    {
        if (id.Value == Guid.Empty)
        {
            return NotFoundProblem.Organization;
        }

        await store.UpdateAsync(id.Value, body.Value.Changes, cancellationToken);
        return TypedResults.Ok(OrganizationResource.From((await store.FindAsync(id.Value, cancellationToken))!));
    }

    private static async Task<Results<Ok<OrganizationResource>, Accepted<OrganizationResource>, NotFoundProblem>> EraseAsync(
        [FromRoute(Name = "org_id")] ResourceId id,
        OrganizationErasures erasures,
        OrganizationStore store,
        CancellationToken cancellationToken)
    {
        if (id.Value == Guid.Empty)
        {
            return NotFoundProblem.Organization;
        }

        await erasures.BeginAsync(id.Value, cancellationToken);
        var finished = await erasures.ContinueAsync(id.Value, _patience, cancellationToken);
        var organization = OrganizationResource.From((await store.FindAsync(id.Value, cancellationToken))!);
        return finished ? TypedResults.Ok(organization) : TypedResults.Accepted((string?)null, organization);
    }
}
