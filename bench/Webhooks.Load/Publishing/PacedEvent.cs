namespace Webhooks.Load.Publishing;

/// <summary>The times at which an event was published, which is in its data too, and was answered with 202.</summary>
internal sealed record PacedEvent(long SentAt, long AcceptedAt);
