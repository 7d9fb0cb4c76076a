namespace Webhooks.Core.Audit;

/// <summary>A change that somebody made.</summary>
/// <param name="Id">A UUIDv7 of the time.</param>
/// <param name="At">When, UTC.</param>
/// <param name="ActorKind">What made it: user, key, session or system.</param>
/// <param name="ActorId">Which one; null of the system.</param>
/// <param name="Address">The address that the request came from; null of the system.</param>
/// <param name="RequestId">The request's id; null when it had none.</param>
/// <param name="Action">What was done: one of <see cref="AuditActions.All"/>.</param>
/// <param name="ResourceKind">What was changed.</param>
/// <param name="ResourceId">Which one.</param>
/// <param name="WebhookId">The webhook that it belongs to, or is; null when there is none.</param>
/// <param name="Changes">The fields that were changed, as a JSON array of objects with field, before and after.</param>
public sealed record AuditEntry(
    Guid Id,
    DateTimeOffset At,
    string ActorKind,
    string? ActorId,
    string? Address,
    string? RequestId,
    string Action,
    string ResourceKind,
    string ResourceId,
    Guid? WebhookId,
    string Changes);
