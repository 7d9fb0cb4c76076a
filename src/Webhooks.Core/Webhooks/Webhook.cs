using Webhooks.Core.Health;

namespace Webhooks.Core.Webhooks;

/// <summary>A receiver of an organization's, and the event types that it gets.</summary>
/// <param name="Id">UUIDv7.</param>
/// <param name="OrgId">The organization that it belongs to.</param>
/// <param name="Url">
/// Where deliveries are posted: absolute http or https, as <see cref="WebhookUrl"/> allows; null when it is pulled from.
/// </param>
/// <param name="Events">Which events it gets, as <see cref="ListedEvents"/> says.</param>
/// <param name="Active">Whether events fan out to it.</param>
/// <param name="Description">The organization's own note, or null.</param>
/// <param name="SecretHint">The last four characters of its secret; null when the secret cannot be decrypted now.</param>
/// <param name="PreviousSecretExpiresAt">Until when the secret before signs, too, UTC; null unless the overlap of a rotation runs.</param>
/// <param name="CreatedAt">UTC.</param>
/// <param name="UpdatedAt">UTC.</param>
/// <param name="RetryDelays">The waits between attempts, in seconds; none means a single attempt, null the system's.</param>
/// <param name="TimeoutSeconds">The time for one attempt; null for the system's.</param>
/// <param name="KeepSkipped">Whether events that come while it is inactive are kept as skipped deliveries.</param>
/// <param name="Filter">Which of these events it gets, by what is in them: the JSON pattern; null for all.</param>
/// <param name="Transform">JavaScript that makes of its payloads what is sent; null when they are sent as they are.</param>
/// <param name="PayloadFormat">In which form, as one of <see cref="Webhooks.PayloadFormat"/>.</param>
/// <param name="HeaderNames">The names of the headers that its requests have beside the system's; null when there are none.</param>
/// <param name="Metadata">The organization's own labels.</param>
/// <param name="DisabledAt">Since when it is not active, UTC; null when it is.</param>
/// <param name="DisabledReason">Why it is not active, as one of <see cref="Core.Health.DisabledReason"/>; null when it is.</param>
/// <param name="Health">How its receiver does.</param>
/// <param name="Mode">How deliveries come to its receiver, as one of <see cref="WebhookMode"/>.</param>
public sealed record Webhook(
    Guid Id,
    Guid OrgId,
    string? Url,
    IReadOnlyList<string> Events,
    bool Active,
    string? Description,
    string? SecretHint,
    DateTimeOffset? PreviousSecretExpiresAt,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    IReadOnlyList<int>? RetryDelays,
    int? TimeoutSeconds,
    bool KeepSkipped,
    string? Filter,
    string? Transform,
    string PayloadFormat,
    IReadOnlyList<string>? HeaderNames,
    IReadOnlyDictionary<string, string> Metadata,
    DateTimeOffset? DisabledAt,
    string? DisabledReason,
    WebhookHealth Health,
    string Mode)
{
    /// <summary>Its headers as they are shown; null when there are none.</summary>
    public IReadOnlyDictionary<string, string>? MaskedHeaders =>
        HeaderNames?.ToDictionary(name => name, _ => RequestHeaders.Mask, StringComparer.Ordinal);

    /// <summary>Whether it lists an event type, by its name or as one of several.</summary>
    public bool Lists(string eventType) => ListedEvents.Include(Events, eventType);
}
