using Webhooks.Core.Deliveries;
using Webhooks.Core.Health;
using Webhooks.Core.Webhooks;

namespace Webhooks.Core.History;

/// <summary>Why an event did or did not reach a webhook, with the facts. Pure: the same rows give the same explanation.</summary>
/// <param name="Reason">The one reason.</param>
/// <param name="Webhook">The webhook as it is now.</param>
/// <param name="Event">The event; null when the organization has no delivery of it.</param>
/// <param name="Delivery">The delivery that decided it; null when there is none.</param>
public sealed record Explanation(ExplanationReason Reason, Webhook Webhook, ExplainedEvent? Event, DeliverySummary? Delivery)
{
    /// <summary>Explains.</summary>
    /// <param name="webhook">The webhook.</param>
    /// <param name="deliveries">The event's deliveries, to all webhooks of the organization, newest first.</param>
    /// <param name="isFiltered">Whether the webhook has no delivery of the event, and a filter that the event does not pass.</param>
    public static Explanation Of(Webhook webhook, IReadOnlyList<DeliverySummary> deliveries, bool isFiltered = false)
    {
        if (deliveries.Count == 0)
        {
            return new Explanation(ExplanationReason.UnknownEvent, webhook, Event: null, Delivery: null);
        }

        var known = new ExplainedEvent(deliveries[0].EventId, deliveries[0].Event, deliveries.Min(delivery => delivery.CreatedAt));
        var own = deliveries.Where(delivery => delivery.WebhookId == webhook.Id).ToArray();
        var deciding = own.FirstOrDefault(delivery => delivery.Status == DeliveryStatus.Succeeded) ?? own.FirstOrDefault();
        return new Explanation(
            deciding is null ? ReasonWithout(webhook, known, isFiltered) : ReasonOf(deciding.Status), webhook, known, deciding);
    }

    private static ExplanationReason ReasonOf(DeliveryStatus status) => status switch
    {
        DeliveryStatus.Pending => ExplanationReason.Pending,
        DeliveryStatus.Succeeded => ExplanationReason.Delivered,
        DeliveryStatus.Failed => ExplanationReason.Failed,
        DeliveryStatus.Canceled => ExplanationReason.Canceled,
        DeliveryStatus.Skipped => ExplanationReason.Skipped,
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "No such status."),
    };

    /// <summary>
    /// Every webhook that was active and listed the type has a delivery. Of a webhook that would have one by what it is now, it is told
    /// which of the two was otherwise then: one that keeps what it misses would have a skipped delivery if it had been inactive.
    /// </summary>
    private static ExplanationReason ReasonWithout(Webhook webhook, ExplainedEvent known, bool isFiltered)
    {
        if (webhook.CreatedAt > known.CreatedAt)
        {
            return ExplanationReason.CreatedLater;
        }

        if (!webhook.Lists(known.Event))
        {
            return ExplanationReason.NotSubscribed;
        }

        if (isFiltered)
        {
            return ExplanationReason.Filtered;
        }

        return webhook switch
        {
            { Active: true, KeepSkipped: true } => ExplanationReason.NotSubscribed,
            { Active: true } or { DisabledReason: DisabledReason.Manual } => ExplanationReason.Inactive,
            _ => ExplanationReason.Disabled,
        };
    }
}
