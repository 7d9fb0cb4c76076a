namespace Webhooks.Core.Audit;

/// <summary>
/// The changes that audit entries tell of. Publishing is none, and neither is a test: what they make is in the history. Those of webhooks,
/// their secrets, recoveries, organizations, API keys, sessions of the portal and event types are written by triggers.
/// </summary>
public static class AuditActions
{
    /// <summary>A delivery was made again, or its next attempt was made sooner.</summary>
    internal const string DeliveryRedelivered = "delivery.redelivered";

    /// <summary>One delivery was canceled.</summary>
    internal const string DeliveryCanceled = "delivery.canceled";

    /// <summary>What a webhook had pending, up to some age, was canceled.</summary>
    internal const string DeliveriesCanceled = "deliveries.canceled";

    /// <summary>What a delivery sent and was answered was erased.</summary>
    internal const string DeliveryRedacted = "delivery.redacted";

    /// <summary>Every action.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        "webhook.created", "webhook.updated", "webhook.enabled", "webhook.disabled", "webhook.deleted",
        "secret.rotated", "secret.promoted", "secret.overlap_ended",
        DeliveryRedelivered, DeliveryCanceled, DeliveriesCanceled, DeliveryRedacted,
        "organization.updated", "organization.erased",
        "recovery.created", "recovery.paused", "recovery.resumed", "recovery.canceled",
        "api_key.created", "api_key.revoked",
        "portal_session.created", "portal_session.revoked",
        "event_type.created", "event_type.updated", "event_type.deleted",
    ];
}
