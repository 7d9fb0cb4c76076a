using Webhooks.Api.Deliveries;
using Webhooks.Api.Json;
using Webhooks.Core.History;

namespace Webhooks.Api.History;

/// <summary>An event with its deliveries.</summary>
/// <param name="Id">The event's id; receivers see it as `webhook-id`.</param>
/// <param name="Event">The event type.</param>
/// <param name="Test">Whether it is the sample that the operation TestWebhook sent.</param>
/// <param name="CreatedAt">When it was accepted, UTC.</param>
/// <param name="Timestamp">When it happened, UTC, as receivers are told; null when it has been erased from all deliveries.</param>
/// <param name="Data">What happened, as receivers get it; null when it has been erased from all deliveries.</param>
/// <param name="DeliverAt">When the first attempts are wanted, UTC, as the publisher asked; null when at once.</param>
/// <param name="OrderingKey">The publisher's name for what has to come in order, or null.</param>
/// <param name="Deliveries">
/// To each webhook, also deleted ones, its delivery and, if that was redelivered, the latest redelivery; newest first.
/// </param>
internal sealed record EventDetailResource(
    Guid Id,
    string Event,
    bool Test,
    DateTime CreatedAt,
    string? Timestamp,
    RawJson? Data,
    DateTime? DeliverAt,
    string? OrderingKey,
    IReadOnlyList<DeliveryResource> Deliveries)
{
    public static EventDetailResource From(EventDetail detail)
    {
        var any = detail.Deliveries[0];
        return new EventDetailResource(
            any.EventId,
            any.Event,
            any.Test,
            detail.Deliveries.Min(delivery => delivery.CreatedAt).UtcDateTime,
            detail.Timestamp,
            RawJson.From(detail.Data),
            detail.Deliveries.Select(delivery => delivery.DeliverAt).FirstOrDefault(time => time is not null)?.UtcDateTime,
            any.OrderingKey,
            [.. detail.Deliveries.Select(DeliveryResource.From)]);
    }
}
