using Webhooks.Core.Health;

namespace Webhooks.Core.Deliveries;

/// <summary>A delivery as the history lists it. The last attempt's figures are null before the first attempt.</summary>
public sealed record DeliverySummary(
    Guid Id,
    Guid WebhookId,
    string Event,
    Guid EventId,
    DeliveryStatus Status,
    bool Test,
    Guid? RedeliveryOf,
    int AttemptNumber,
    int? ResponseStatus,
    string? Error,
    int? DurationMs,
    DateTimeOffset CreatedAt,
    DateTimeOffset? DeliveredAt,
    DateTimeOffset? NextAttemptAt,
    Hold? Held = null,
    DateTimeOffset? DeliverAt = null,
    string? OrderingKey = null);
