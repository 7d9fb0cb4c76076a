namespace Webhooks.Core.Audit;

/// <summary>Which entries to list; null means any.</summary>
/// <param name="WebhookId">Of this webhook.</param>
/// <param name="Actor">By who has this id, or by the system, which has the name <c>system</c>.</param>
/// <param name="Action">Of this action.</param>
/// <param name="From">From this time on, UTC.</param>
/// <param name="To">Before this time, UTC.</param>
public sealed record AuditFilter(
    Guid? WebhookId = null,
    string? Actor = null,
    string? Action = null,
    DateTimeOffset? From = null,
    DateTimeOffset? To = null);
