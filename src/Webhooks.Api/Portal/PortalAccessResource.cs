namespace Webhooks.Api.Portal;

/// <summary>What the token of a request may see and do: what the portal shows.</summary>
/// <param name="Kind">`portal_session`, `api_key`, or `token` of an authority.</param>
/// <param name="OrgId">The organization that the request acts for; null when an operator's token names none.</param>
/// <param name="OrganizationName">What operators call it; null when nobody has named it.</param>
/// <param name="WebhookId">The one webhook that may be reached; null when all of the organization's may.</param>
/// <param name="ReadOnly">Whether nothing may be changed.</param>
/// <param name="Scopes">What the token allows.</param>
/// <param name="ExpiresAt">From when on it is no longer accepted, UTC, in whole seconds; null for never.</param>
internal sealed record PortalAccessResource(
    string Kind,
    Guid? OrgId,
    string? OrganizationName,
    Guid? WebhookId,
    bool ReadOnly,
    IReadOnlyList<string> Scopes,
    DateTime? ExpiresAt);
