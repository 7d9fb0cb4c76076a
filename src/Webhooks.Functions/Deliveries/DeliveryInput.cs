using System.Text.Json.Serialization;

namespace Webhooks.Functions.Deliveries;

/// <summary>
/// The input of <see cref="DeliverWebhook"/> and of <see cref="AttemptDelivery"/>. It is stored with the orchestration: fields may be
/// added, never renamed.
/// </summary>
/// <param name="DeliveryId">The delivery; all else is read from its row.</param>
public sealed record DeliveryInput([property: JsonPropertyName("delivery_id")] Guid DeliveryId);
