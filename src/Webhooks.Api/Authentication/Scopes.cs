namespace Webhooks.Api.Authentication;

/// <summary>What a token may allow, in its claim <c>scope</c> (separated by spaces, RFC 8693 section 4.2) or <c>scp</c>.</summary>
public static class Scopes
{
    /// <summary>See webhooks, their deliveries and the event types.</summary>
    public const string ReadWebhooks = "webhooks:read";

    /// <summary>Create, change, delete and test webhooks.</summary>
    public const string WriteWebhooks = "webhooks:write";

    /// <summary>Pull deliveries of webhooks whose mode is <c>pull</c>, and report what came of them; nothing else.</summary>
    public const string PullDeliveries = "deliveries:pull";

    /// <summary>Publish events for the token's organization.</summary>
    public const string PublishEvents = "events:publish";

    /// <summary>Publish events for any organization, which each event must name; the token needs no <c>org_id</c>.</summary>
    public const string PublishEventsForAny = "events:publish:any";

    /// <summary>Make, change and delete event types, which are those of all organizations; the token needs no <c>org_id</c>.</summary>
    public const string WriteEventTypes = "event-types:write";

    /// <summary>
    /// Everything, for any organization: the header <c>Webhooks-Organization</c> names it, in place of the token's <c>org_id</c>. For those
    /// who operate the platform.
    /// </summary>
    public const string Admin = "admin";

    /// <summary>Every scope.</summary>
    public static IReadOnlyList<string> All { get; } =
        [ReadWebhooks, WriteWebhooks, PullDeliveries, PublishEvents, PublishEventsForAny, WriteEventTypes, Admin];

    /// <summary>What a session of the portal allows.</summary>
    internal static IReadOnlyList<string> OfPortalSession(bool readOnly) =>
        readOnly ? [ReadWebhooks] : [ReadWebhooks, WriteWebhooks];
}
