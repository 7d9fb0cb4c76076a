namespace Webhooks.Core.PortalSessions;

/// <summary>What came of making a session of the portal.</summary>
public abstract record PortalSessionCreation
{
    private PortalSessionCreation()
    {
    }

    /// <summary>A session that was made.</summary>
    /// <param name="Session">The session.</param>
    /// <param name="Token">Its token, which is known only now.</param>
    public sealed record Made(PortalSession Session, string Token) : PortalSessionCreation;

    /// <summary>The organization has no such webhook.</summary>
    public sealed record NoSuchWebhook : PortalSessionCreation;

    /// <summary>The organization has as many sessions as it may have at once.</summary>
    public sealed record TooMany : PortalSessionCreation;

    /// <summary>The API key that was to make it has been revoked in this moment.</summary>
    public sealed record MakerRevoked : PortalSessionCreation;
}
