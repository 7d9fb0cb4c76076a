using System.Collections.Frozen;
using Webhooks.Core.EventTypes;

namespace Webhooks.Core.Signals;

/// <summary>
/// The event types that tell of webhooks themselves. They are not of the platform's catalog: nobody publishes them, a webhook gets them
/// only if it names them (<c>*</c> does not), and it never gets one about itself.
/// </summary>
public static class OperationalEvents
{
    /// <summary>Deliveries of a webhook ended as failed; one for an hour of a webhook.</summary>
    public const string DeliveryExhausted = "delivery.exhausted";

    private static readonly FrozenDictionary<string, EventType> _byName;

    static OperationalEvents()
    {
        All =
        [
            Type(
                "webhook.disabled",
                "A webhook is not active any more: somebody deactivated it, or its receiver asked for it or failed for days.",
                """{"webhook_id":"019c1509-4c00-7000-8000-000000000001","reason":"failing"}"""),
            Type(
                "webhook.enabled",
                "A webhook is active again.",
                """{"webhook_id":"019c1509-4c00-7000-8000-000000000001"}"""),
            Type(
                "webhook.failing",
                "The last attempts to deliver to a webhook have all failed. There is no other until it has recovered.",
                """
                {"webhook_id":"019c1509-4c00-7000-8000-000000000001","consecutive_failures":3,"failing_since":"2026-01-31T18:30:00.250Z"}
                """),
            Type(
                "webhook.recovered",
                "A webhook that was failing has been delivered to.",
                """{"webhook_id":"019c1509-4c00-7000-8000-000000000001"}"""),
            Type(
                DeliveryExhausted,
                "A delivery has failed and is not tried again. Of a webhook there is one such event an hour at most, about the first of "
                + "its deliveries in that hour.",
                """
                {"webhook_id":"019c1509-4c00-7000-8000-000000000001","delivery_id":"019c1524-c2c0-789c-896f-9c2fb1de4809",
                 "event":"user.created","event_id":"019c1524-c2c0-704c-9458-6767cc057b2f","attempts":6,"response_status":503,"error":null}
                """),
            Type(
                "recovery.finished",
                "Everything that a recovery was to redeliver has been redelivered, and has succeeded or failed.",
                """
                {"webhook_id":"019c1509-4c00-7000-8000-000000000001","recovery_id":"019c1524-c2c0-7aaa-896f-9c2fb1de4809",
                 "total":120,"done":118,"failed":2}
                """),
            Type(
                "secret.rotated",
                "A webhook has a new secret. Until previous_secret_expires_at, the one before signs as well; it is null when it does not.",
                """
                {"webhook_id":"019c1509-4c00-7000-8000-000000000001","previous_secret_expires_at":"2026-02-01T18:30:00.250Z"}
                """),
        ];
        _byName = All.ToFrozenDictionary(type => type.Name, StringComparer.Ordinal);
    }

    /// <summary>All of them, in the order in which they are shown.</summary>
    public static IReadOnlyList<EventType> All { get; }

    /// <summary>The one of that exact name, or null.</summary>
    public static EventType? Find(string name) => _byName.GetValueOrDefault(name);

    private static EventType Type(string name, string description, string sample) => new(name, "Operations", description, sample);
}
