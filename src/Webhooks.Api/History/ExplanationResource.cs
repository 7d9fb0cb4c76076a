using System.Text.Json.Serialization;
using Webhooks.Api.Deliveries;
using Webhooks.Api.Webhooks;
using Webhooks.Core.Health;
using Webhooks.Core.History;
using Webhooks.Core.Signals;

namespace Webhooks.Api.History;

/// <summary>Why an event did or did not reach a webhook, with the facts.</summary>
/// <param name="Reason">
/// The one reason. Of its delivery: `delivered`, `pending`, `failed`, `canceled`, `skipped` (it came while the webhook was inactive, and is
/// kept). Why there is none: `created_later` (the webhook was made after it), `not_subscribed` (the webhook does not list its type),
/// `filtered` (it does not pass the webhook's filter as it is now),
/// `inactive` (somebody deactivated the webhook, and nothing was kept), `disabled` (the same, but by its receiver: see
/// `webhook.disabled_reason`), `unknown_event`.
/// </param>
/// <param name="Detail">The reason in words.</param>
/// <param name="Webhook">The webhook as it is now.</param>
/// <param name="Event">
/// The event; null when your organization has no delivery of it: there is no such event, no webhook wanted it, or its deliveries are old
/// enough to be dropped.
/// </param>
/// <param name="Delivery">The delivery that decided it: the one that arrived, or else the latest; null when there is none.</param>
internal sealed record ExplanationResource(
    [property: JsonConverter(typeof(ExplanationReasonConverter))] ExplanationReason Reason,
    string Detail,
    WebhookResource Webhook,
    ExplainedEventResource? Event,
    DeliveryResource? Delivery)
{
    public static ExplanationResource From(Explanation explanation) => new(
        explanation.Reason,
        DetailOf(explanation),
        WebhookResource.From(explanation.Webhook),
        explanation.Event is { } item ? ExplainedEventResource.From(item) : null,
        explanation.Delivery is { } delivery ? DeliveryResource.From(delivery) : null);

    private static string DetailOf(Explanation explanation) => explanation.Reason switch
    {
        ExplanationReason.Delivered => "It was delivered: an attempt was answered with 200 to 299.",
        ExplanationReason.Pending when explanation.Delivery?.Held?.By == Hold.Pull =>
            "It waits until the webhook's receiver pulls it: POST /webhooks/{id}/pull.",
        ExplanationReason.Pending => "It is not delivered yet. delivery.next_attempt_at says when the next attempt is due.",
        ExplanationReason.Failed => "Every attempt failed; the delivery says what the last one was answered. It can be redelivered.",
        ExplanationReason.Canceled =>
            "Its delivery was canceled before an attempt succeeded: by a call, or because the webhook was deactivated. It can be "
            + "redelivered.",
        ExplanationReason.Skipped => "The webhook was inactive when the event came, so nothing was sent. It can be redelivered.",
        ExplanationReason.CreatedLater => "The webhook was created after the event.",
        ExplanationReason.NotSubscribed when !explanation.Webhook.Lists(explanation.Event!.Event) =>
            "The webhook does not list the event's type.",
        ExplanationReason.NotSubscribed when OperationalEvents.Find(explanation.Event.Event) is not null =>
            "The event is about the webhook itself, which it is not told; or it did not list the event's type then, and was changed since.",
        ExplanationReason.NotSubscribed =>
            "The webhook did not list the event's type when the event came. It was changed since.",
        ExplanationReason.Filtered =>
            "The event does not pass the webhook's filter as it is now. POST /webhooks/filter/test says which condition it is.",
        ExplanationReason.Inactive when explanation.Webhook.Active =>
            "The webhook was inactive when the event came, or did not list its type, and kept nothing. It was changed since.",
        ExplanationReason.Inactive => "The webhook is inactive, and nothing was kept of the event.",
        ExplanationReason.Disabled =>
            "The webhook is disabled, as webhook.disabled_at and disabled_reason say, and nothing was kept of the event.",
        ExplanationReason.UnknownEvent =>
            "Your organization has no delivery of such an event: the id is another's, no webhook wanted the event, or it is too old.",
        _ => throw new ArgumentOutOfRangeException(nameof(explanation), explanation.Reason, "No such reason."),
    };
}
