namespace Webhooks.Core.Events;

/// <summary>Something that happened in the platform, as a publisher sent it and <see cref="EventMessageReader"/> found it valid.</summary>
/// <param name="OrgId">The organization whose webhooks get it.</param>
/// <param name="Event">An event type of the catalog.</param>
/// <param name="Data">The JSON value of <c>data</c>, as UTF-8 text that jsonb accepts.</param>
/// <param name="Key">The publisher's idempotency key (<c>id</c>), or null.</param>
/// <param name="Timestamp">When it happened, UTC; null means when it was accepted.</param>
/// <param name="TraceParent">The W3C traceparent of what the publisher was doing, or null.</param>
public sealed record EventMessage(
    Guid OrgId,
    string Event,
    ReadOnlyMemory<byte> Data,
    string? Key,
    DateTimeOffset? Timestamp,
    string? TraceParent = null)
{
    /// <summary>
    /// The event's id when the way it came gave it one, which no publisher can use for another event: a queue message's. Null for all
    /// others.
    /// </summary>
    public Guid? OwnId { get; init; }

    /// <summary>
    /// Whether an event with an <see cref="OwnId"/> came before, so that some of its deliveries or all may be stored already.
    /// </summary>
    public bool MayBeStored { get; init; }

    /// <summary>When the first attempts are wanted, UTC; a time that has passed, and null, mean at once.</summary>
    public DateTimeOffset? DeliverAt { get; init; }

    /// <summary>The publisher's name for what has to come in order, or null.</summary>
    public string? OrderingKey { get; init; }
}
