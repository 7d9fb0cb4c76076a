using Webhooks.Core.PortalSessions;

namespace Webhooks.Api.Portal;

/// <summary>A session of the portal, without its link.</summary>
/// <param name="Id">The session's id.</param>
/// <param name="WebhookId">The one webhook that it is for; null when it is for all of the organization's.</param>
/// <param name="ReadOnly">Whether it may change nothing.</param>
/// <param name="CreatedBy">Who made it.</param>
/// <param name="CreatedAt">When it was made, UTC.</param>
/// <param name="ExpiresAt">From when on it is no longer accepted, UTC.</param>
/// <param name="RevokedAt">When it was revoked, UTC; null when it was not.</param>
internal sealed record PortalSessionResource(
    Guid Id,
    Guid? WebhookId,
    bool ReadOnly,
    PortalSessionMaker CreatedBy,
    DateTime CreatedAt,
    DateTime ExpiresAt,
    DateTime? RevokedAt)
{
    public static PortalSessionResource From(PortalSession session) => new(
        session.Id,
        session.WebhookId,
        session.ReadOnly,
        new PortalSessionMaker(session.CreatedByKind, session.CreatedById),
        session.CreatedAt.UtcDateTime,
        session.ExpiresAt.UtcDateTime,
        session.RevokedAt?.UtcDateTime);
}
