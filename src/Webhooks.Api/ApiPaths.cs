namespace Webhooks.Api;

/// <summary>Where the API is.</summary>
internal static class ApiPaths
{
    /// <summary>What every operation's path begins with.</summary>
    public const string Base = "/api/v1";

    /// <summary>The webhooks of an organization.</summary>
    public const string Webhooks = Base + "/webhooks";

    /// <summary>The API keys of an organization.</summary>
    public const string ApiKeys = Base + "/api-keys";

    /// <summary>The event types of the installation.</summary>
    public const string EventTypes = Base + "/event-types";

    /// <summary>The portal sessions of an organization.</summary>
    public const string PortalSessions = Base + "/portal/sessions";

    /// <summary>The portal, for people.</summary>
    public const string Portal = "/portal";
}
