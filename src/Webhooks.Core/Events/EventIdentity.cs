namespace Webhooks.Core.Events;

/// <summary>
/// How an event gets its id: from the way it came, from the publisher's idempotency key when that is one, or else a new one.
/// </summary>
/// <param name="EventId">The event's id, unless <see cref="Key"/> is known already.</param>
/// <param name="Key">
/// The idempotency key under which the event is stored and looked up; null when nobody can publish under its id again.
/// </param>
internal readonly record struct EventIdentity(Guid EventId, string? Key)
{
    /// <summary>How long an idempotency key is remembered.</summary>
    public static TimeSpan KeyLifetime { get; } = TimeSpan.FromDays(7);

    /// <summary>How old the time in a publisher's own event id may be. Deliveries are partitioned by it.</summary>
    public static TimeSpan OldestOwnId { get; } = TimeSpan.FromDays(7);

    /// <summary>How far ahead of our clock the time in a publisher's own event id may be.</summary>
    public static TimeSpan NewestOwnId { get; } = TimeSpan.FromMinutes(5);

    /// <summary>The identity of an event that is published now.</summary>
    /// <param name="message">
    /// Its key, when that is a UUIDv7 of about now, is the event's id. Any other key gets a new id, and keeps it.
    /// </param>
    /// <param name="now">The time.</param>
    public static EventIdentity Of(EventMessage message, DateTimeOffset now)
    {
        if (message.Key is not { } key)
        {
            return new EventIdentity(message.OwnId ?? Guid.CreateVersion7(now), Key: null);
        }

        return Guid.TryParseExact(key, "D", out var id) && IsOwnId(id, now)
            ? new EventIdentity(id, id.ToString("D"))
            : new EventIdentity(Guid.CreateVersion7(now), key);
    }

    private static bool IsOwnId(Guid id, DateTimeOffset now) =>
        UuidV7.TimeOf(id) is { } time && time >= now - OldestOwnId && time <= now + NewestOwnId;
}
