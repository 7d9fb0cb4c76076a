using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Webhooks.Api.Authentication;
using Webhooks.Api.Json;
using Webhooks.Api.Requests;
using Webhooks.Core.Audit;

namespace Webhooks.Api.Audit;

/// <summary><c>/audit</c>: who changed what.</summary>
internal static class AuditEndpoints
{
    public static void MapAudit(this IEndpointRouteBuilder api) =>
        api.MapGet("/audit", ListAsync)
            .WithTags("Audit")
            .WithName(OperationNames.ListAudit)
            .WithSummary("List who changed what")
            .WithDescription(
                "Every change of your organization's webhooks, their secrets, deliveries and recoveries, newest first: by whom, from which "
                + "address, and the fields that were changed, never a secret. An entry is stored with its change or not at all, and stays "
                + "as it is. Publishing and sending tests change nothing; the history has them. Event types belong to no organization: "
                + $"an operator lists the changes of them, with the header `{OrganizationHeader.Name}: {Guid.Empty}`.")
            .WithMetadata(new OfTheInstallation())
            .WithMetadata(new NarrowedToWebhook())
            .RequireAuthorization(Scopes.ReadWebhooks);

    private static async Task<Ok<ListPage<AuditEntryResource>>> ListAsync(
        Query<AuditQuery> query, ClaimsPrincipal user, AuditLog audit, CancellationToken cancellationToken)
    {
        var (filter, limit, after) = query.Value;
        if (user.FindOnlyWebhookId() is { } only)
        {
            if (filter.WebhookId is { } asked && asked != only)
            {
                return TypedResults.Ok(new ListPage<AuditEntryResource>([], NextCursor: null));
            }

            filter = filter with { WebhookId = only };
        }

        var page = await audit.ListAsync(user.OrganizationId(), filter, limit, after, cancellationToken);
        return TypedResults.Ok(new ListPage<AuditEntryResource>([.. page.Items.Select(AuditEntryResource.From)], Cursor.Encode(page.Next)));
    }
}
