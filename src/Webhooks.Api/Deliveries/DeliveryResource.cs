using System.Text.Json.Serialization;
using Webhooks.Api.Json;
using Webhooks.Core.Deliveries;

namespace Webhooks.Api.Deliveries;

/// <summary>One event's way to one webhook.</summary>
/// <param name="Id">The delivery's id; the receiver sees it as `X-Webhook-Delivery`.</param>
/// <param name="WebhookId">The webhook.</param>
/// <param name="Event">The event type.</param>
/// <param name="EventId">The event's id; the receiver sees it as `webhook-id`.</param>
/// <param name="Status">
/// `pending` until an attempt succeeds, the last one fails, or the webhook is deleted or deactivated; `skipped` when the webhook was
/// inactive as the event came, so that nothing was sent.
/// </param>
/// <param name="Test">Whether it was sent by the operation TestWebhook.</param>
/// <param name="RedeliveryOf">The delivery that it repeats, or null.</param>
/// <param name="AttemptNumber">Attempts made.</param>
/// <param name="ResponseStatus">The HTTP status of the last attempt's answer; null when none came.</param>
/// <param name="Error">Why no answer came to the last attempt, or that the answer ended the delivery, as a code; or null.</param>
/// <param name="DurationMs">How long the last attempt took, in milliseconds.</param>
/// <param name="CreatedAt">When it was created, UTC.</param>
/// <param name="DeliveredAt">When an attempt succeeded, UTC; or null.</param>
/// <param name="NextAttemptAt">When the next attempt is due, UTC; null unless it is pending.</param>
/// <param name="DeliverAt">When the first attempt is wanted, UTC, as the publisher asked; null when at once.</param>
/// <param name="OrderingKey">The publisher's name for what has to come in order, or null.</param>
/// <param name="Held">What it waits for although its time has come; null when that is nothing.</param>
internal sealed record DeliveryResource(
    Guid Id,
    Guid WebhookId,
    string Event,
    Guid EventId,
    [property: JsonConverter(typeof(DeliveryStatusConverter))] DeliveryStatus Status,
    bool Test,
    Guid? RedeliveryOf,
    int AttemptNumber,
    int? ResponseStatus,
    string? Error,
    int? DurationMs,
    DateTime CreatedAt,
    DateTime? DeliveredAt,
    DateTime? NextAttemptAt,
    DateTime? DeliverAt,
    string? OrderingKey,
    HoldResource? Held)
{
    public static DeliveryResource From(DeliverySummary delivery) => new(
        delivery.Id,
        delivery.WebhookId,
        delivery.Event,
        delivery.EventId,
        delivery.Status,
        delivery.Test,
        delivery.RedeliveryOf,
        delivery.AttemptNumber,
        delivery.ResponseStatus,
        delivery.Error,
        delivery.DurationMs,
        delivery.CreatedAt.UtcDateTime,
        delivery.DeliveredAt?.UtcDateTime,
        delivery.NextAttemptAt?.UtcDateTime,
        delivery.DeliverAt?.UtcDateTime,
        delivery.OrderingKey,
        HoldResource.From(delivery.Held));
}
