namespace Webhooks.Load.Publishing;

/// <summary>When an event was published, which is in its data too, and when that was answered with 202.</summary>
internal sealed record PacedEvent(long SentAt, long AcceptedAt);
