using Webhooks.Api.Json;
using Webhooks.Core.Webhooks;

namespace Webhooks.Api.Webhooks;

/// <summary>A receiver of an organization's, and the event types that it gets.</summary>
/// <param name="Id">The webhook's id.</param>
/// <param name="OrgId">The organization that it belongs to.</param>
/// <param name="Mode">How deliveries come to its receiver: `push`, they are posted; or `pull`, it fetches them.</param>
/// <param name="Url">Where deliveries are posted; null when `mode` is `pull`.</param>
/// <param name="Events">Event types, `user.*` for those of a kind, or `*` for all.</param>
/// <param name="Active">Whether events are delivered to it.</param>
/// <param name="Description">The organization's own note, or null.</param>
/// <param name="RetryDelays">
/// The waits between attempts, in seconds; empty when there is a single attempt, null when the system's hold.
/// </param>
/// <param name="TimeoutSeconds">The time for one attempt, in seconds; null when the system's holds.</param>
/// <param name="KeepSkipped">Whether events that come while it is inactive are kept, as deliveries whose status is `skipped`.</param>
/// <param name="Filter">Which of these events it gets, by what is in them: a JSON pattern; null for all.</param>
/// <param name="Transform">JavaScript that makes of its payloads what is sent; null when they are sent as they are.</param>
/// <param name="PayloadFormat">In which form it gets them: `standard` or `cloudevents`.</param>
/// <param name="Headers">The headers of its own that its requests have; values are masked. Null when there are none.</param>
/// <param name="Metadata">The organization's own labels.</param>
/// <param name="SecretHint">
/// The last four characters of the secret that `webhook-signature` lists first; null when the keys cannot be read now.
/// </param>
/// <param name="PreviousSecretExpiresAt">Until when the secret before signs, too, UTC; null unless the overlap of a rotation runs.</param>
/// <param name="DisabledAt">Since when it is not active, UTC; null when it is.</param>
/// <param name="DisabledReason">
/// Why it is not active: `manual` (somebody deactivated it), `gone` (its receiver answered 410), `failing` (all attempts failed for days)
/// or `receiver_request` (its receiver answered `webhook-delivery: disable`); null when it is.
/// </param>
/// <param name="Health">How its receiver does.</param>
/// <param name="CreatedAt">When it was created, UTC.</param>
/// <param name="UpdatedAt">When it was last changed, UTC.</param>
internal sealed record WebhookResource(
    Guid Id,
    Guid OrgId,
    string Mode,
    string? Url,
    IReadOnlyList<string> Events,
    bool Active,
    string? Description,
    IReadOnlyList<int>? RetryDelays,
    int? TimeoutSeconds,
    bool KeepSkipped,
    RawJson? Filter,
    string? Transform,
    string PayloadFormat,
    IReadOnlyDictionary<string, string>? Headers,
    IReadOnlyDictionary<string, string> Metadata,
    string? SecretHint,
    DateTime? PreviousSecretExpiresAt,
    DateTime? DisabledAt,
    string? DisabledReason,
    WebhookHealthResource Health,
    DateTime CreatedAt,
    DateTime UpdatedAt)
{
    public static WebhookResource From(Webhook webhook) => new(
        webhook.Id,
        webhook.OrgId,
        webhook.Mode,
        webhook.Url,
        webhook.Events,
        webhook.Active,
        webhook.Description,
        webhook.RetryDelays,
        webhook.TimeoutSeconds,
        webhook.KeepSkipped,
        RawJson.From(webhook.Filter),
        webhook.Transform,
        webhook.PayloadFormat,
        webhook.MaskedHeaders,
        webhook.Metadata,
        webhook.SecretHint,
        webhook.PreviousSecretExpiresAt?.UtcDateTime,
        webhook.DisabledAt?.UtcDateTime,
        webhook.DisabledReason,
        WebhookHealthResource.From(webhook.Health),
        webhook.CreatedAt.UtcDateTime,
        webhook.UpdatedAt.UtcDateTime);
}
