namespace Webhooks.Core.Credentials;

/// <summary>What a caller sends as a bearer token.</summary>
public enum CredentialKind
{
    /// <summary>A JWT of the authority, and whatever else is neither of the others.</summary>
    Token,

    /// <summary>An API key.</summary>
    ApiKey,

    /// <summary>A session of the portal.</summary>
    PortalSession,
}
