namespace Webhooks.Core.PortalSessions;

/// <summary>A session of the portal, without its token, which nobody has but those who got the link.</summary>
/// <param name="Id">Its id, which is part of the token and stands in the link.</param>
/// <param name="OrgId">The organization that it belongs to.</param>
/// <param name="WebhookId">The webhook that it is for; null for all of the organization's.</param>
/// <param name="ReadOnly">Whether it may change nothing.</param>
/// <param name="CreatedByKind">What made it, as the audit names kinds of actors.</param>
/// <param name="CreatedById">The <c>sub</c> of the token or the id of the key that made it; null when the token said no one.</param>
/// <param name="CreatedAt">When it was made, UTC.</param>
/// <param name="ExpiresAt">From when on it is no longer accepted, UTC.</param>
/// <param name="RevokedAt">When it was revoked, UTC; null when it was not.</param>
public sealed record PortalSession(
    Guid Id,
    Guid OrgId,
    Guid? WebhookId,
    bool ReadOnly,
    string CreatedByKind,
    string? CreatedById,
    DateTimeOffset CreatedAt,
    DateTimeOffset ExpiresAt,
    DateTimeOffset? RevokedAt);
