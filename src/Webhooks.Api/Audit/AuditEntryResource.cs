using System.Text.Json;
using Webhooks.Api.Json;
using Webhooks.Core.Audit;

namespace Webhooks.Api.Audit;

/// <summary>A change that somebody made.</summary>
/// <param name="Id">The entry's id.</param>
/// <param name="At">When the change was made, UTC.</param>
/// <param name="Actor">Who made it.</param>
/// <param name="Action">
/// What was done, as in `webhook.updated`. Of a change of several kinds, each has an entry: a webhook that gets another URL and is
/// deactivated has `webhook.updated` and `webhook.disabled`.
/// </param>
/// <param name="Resource">What was changed.</param>
/// <param name="WebhookId">The webhook that it belongs to, or is; null when there is none.</param>
/// <param name="Changes">
/// The fields that were changed. Of what was created, all that it was given; of what was deleted, all that it had.
/// </param>
/// <param name="RequestId">The id of the request that did it; null when it was none.</param>
internal sealed record AuditEntryResource(
    Guid Id,
    DateTime At,
    ActorResource Actor,
    string Action,
    AuditedResource Resource,
    Guid? WebhookId,
    IReadOnlyList<FieldChange> Changes,
    string? RequestId)
{
    public static AuditEntryResource From(AuditEntry entry) => new(
        entry.Id,
        entry.At.UtcDateTime,
        new ActorResource(entry.ActorKind, entry.ActorId, entry.Address),
        entry.Action,
        new AuditedResource(entry.ResourceKind, entry.ResourceId),
        entry.WebhookId,
        JsonSerializer.Deserialize(entry.Changes, ApiJson.Default.IReadOnlyListFieldChange)!,
        entry.RequestId);
}
