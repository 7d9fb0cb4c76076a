using System.Text.Json.Serialization;
using Webhooks.Api.Json;
using Webhooks.Core.Deliveries;

namespace Webhooks.Api.Deliveries;

/// <summary>A delivery with what was sent and every attempt.</summary>
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
/// <param name="ResponseBody">The beginning of the last answer's body as text, as in its attempt; null when none came.</param>
/// <param name="Error">Why no answer came to the last attempt, or that the answer ended the delivery, as a code; or null.</param>
/// <param name="DurationMs">How long the last attempt took, in milliseconds.</param>
/// <param name="CreatedAt">When it was created, UTC.</param>
/// <param name="DeliveredAt">When an attempt succeeded, UTC; or null.</param>
/// <param name="NextAttemptAt">When the next attempt is due, UTC; null unless it is pending.</param>
/// <param name="DeliverAt">When the first attempt is wanted, UTC, as the publisher asked; null when at once.</param>
/// <param name="OrderingKey">The publisher's name for what has to come in order, or null.</param>
/// <param name="Held">What it waits for although its time has come; null when that is nothing.</param>
/// <param name="Payload">
/// The JSON object that is signed and sent, byte by byte, unless the webhook's transform made another of it; null when it has been erased.
/// </param>
/// <param name="SentBody">
/// What the webhook's transform made of the payload, as text: it is signed and sent in its place, byte by byte. Null when there is nothing.
/// </param>
/// <param name="SentHeaders">The headers that the transform gave to it; null when there was no transform.</param>
/// <param name="TransformError">Why the transform failed, with its line; null when it did not.</param>
/// <param name="Attempts">Every attempt made, oldest first.</param>
/// <param name="RedactedAt">When payload and answers were erased, UTC; null while they are there.</param>
/// <param name="Orchestration">The orchestration that makes the attempts, on a host that has one; left out otherwise.</param>
internal sealed record DeliveryDetailResource(
    Guid Id,
    Guid WebhookId,
    string Event,
    Guid EventId,
    [property: JsonConverter(typeof(DeliveryStatusConverter))] DeliveryStatus Status,
    bool Test,
    Guid? RedeliveryOf,
    int AttemptNumber,
    int? ResponseStatus,
    string? ResponseBody,
    string? Error,
    int? DurationMs,
    DateTime CreatedAt,
    DateTime? DeliveredAt,
    DateTime? NextAttemptAt,
    DateTime? DeliverAt,
    string? OrderingKey,
    HoldResource? Held,
    RawJson? Payload,
    string? SentBody,
    RawJson? SentHeaders,
    string? TransformError,
    IReadOnlyList<AttemptResource> Attempts,
    DateTime? RedactedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DeliveryOrchestration? Orchestration)
{
    public static DeliveryDetailResource From(DeliveryDetail detail, DeliveryOrchestration? orchestration = null)
    {
        var delivery = detail.Summary;
        return new DeliveryDetailResource(
            delivery.Id,
            delivery.WebhookId,
            delivery.Event,
            delivery.EventId,
            delivery.Status,
            delivery.Test,
            delivery.RedeliveryOf,
            delivery.AttemptNumber,
            delivery.ResponseStatus,
            detail.ResponseBody,
            delivery.Error,
            delivery.DurationMs,
            delivery.CreatedAt.UtcDateTime,
            delivery.DeliveredAt?.UtcDateTime,
            delivery.NextAttemptAt?.UtcDateTime,
            delivery.DeliverAt?.UtcDateTime,
            delivery.OrderingKey,
            HoldResource.From(delivery.Held),
            RawJson.From(detail.Payload),
            detail.SentBody,
            RawJson.From(detail.SentHeaders),
            detail.TransformError,
            [.. detail.Attempts.Select(AttemptResource.From)],
            detail.RedactedAt?.UtcDateTime,
            orchestration);
    }
}
