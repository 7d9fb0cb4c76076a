namespace Webhooks.Client.Publishing;

/// <summary>Something that happened, to be published to an organization's webhooks.</summary>
/// <param name="OrgId">The organization whose webhooks get it.</param>
/// <param name="Type">The event type, as in <c>user.created</c>.</param>
/// <param name="Data">What happened; it must serialize to a JSON object.</param>
public sealed record WebhookEvent(Guid OrgId, string Type, object Data)
{
    /// <summary>
    /// The idempotency key, 1 to 255 printable characters. Publishing the same event with the same key again, however often and by
    /// whichever way, makes no second delivery; another event under it is refused (409, or the poison queue). By default a fresh UUIDv7,
    /// which then is the event's id that receivers see as <c>webhook-id</c>.
    /// </summary>
    public string Id { get; init; } = Guid.CreateVersion7().ToString();

    /// <summary>The time at which it happened; null means the time at which the platform accepts it.</summary>
    public DateTimeOffset? Timestamp { get; init; }

    /// <summary>The time from which on it is delivered, up to 7 days ahead; null, or a time that has passed, means at once.</summary>
    public DateTimeOffset? DeliverAt { get; init; }

    /// <summary>The name of what has to come in order, as the id of a customer, 1 to 128 printable characters; or null.</summary>
    public string? OrderingKey { get; init; }
}
