using Webhooks.Core.PortalSessions;

namespace Webhooks.Api.Portal;

/// <summary>A session of the portal that was just made, with its link.</summary>
/// <param name="Id">The session's id.</param>
/// <param name="Url">
/// The link: open it, or show it in a frame. It has the session's token, which is shown this once, in its fragment, which browsers send
/// to nobody. `&amp;theme=dark` or `&amp;theme=light` and `&amp;accent=%23rrggbb` may be added to it.
/// </param>
/// <param name="WebhookId">The one webhook that it is for; null when it is for all of the organization's.</param>
/// <param name="ReadOnly">Whether it may change nothing.</param>
/// <param name="CreatedBy">Who made it.</param>
/// <param name="CreatedAt">When it was made, UTC.</param>
/// <param name="ExpiresAt">From when on it is no longer accepted, UTC.</param>
/// <param name="RevokedAt">When it was revoked: null.</param>
internal sealed record CreatedPortalSession(
    Guid Id,
    string Url,
    Guid? WebhookId,
    bool ReadOnly,
    PortalSessionMaker CreatedBy,
    DateTime CreatedAt,
    DateTime ExpiresAt,
    DateTime? RevokedAt)
{
    /// <param name="made">The session with its token.</param>
    /// <param name="portal">Where the portal is, without an end slash.</param>
    public static CreatedPortalSession From(PortalSessionCreation.Made made, string portal)
    {
        var shown = PortalSessionResource.From(made.Session);
        return new CreatedPortalSession(
            shown.Id,
            $"{portal}/?session={shown.Id}#token={made.Token}",
            shown.WebhookId,
            shown.ReadOnly,
            shown.CreatedBy,
            shown.CreatedAt,
            shown.ExpiresAt,
            shown.RevokedAt);
    }
}
