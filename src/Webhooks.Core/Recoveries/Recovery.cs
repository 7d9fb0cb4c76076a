namespace Webhooks.Core.Recoveries;

/// <summary>A recovery as it stands.</summary>
/// <param name="Id">Its id.</param>
/// <param name="WebhookId">The webhook.</param>
/// <param name="OrgId">The organization.</param>
/// <param name="Scope">What it redelivers.</param>
/// <param name="Rate">The most redeliveries a second; null for a quarter of what the receiver takes.</param>
/// <param name="State">Whether it goes on.</param>
/// <param name="Reason">Why it is paused or canceled, of <see cref="RecoveryText"/>; null otherwise.</param>
/// <param name="Total">
/// Deliveries to redeliver, as counted when it began, and as they were in the end; null when there was no time to count them.
/// </param>
/// <param name="Redelivered">Redeliveries made so far.</param>
/// <param name="Done">Those of them that have succeeded.</param>
/// <param name="Failed">Those of them that have ended otherwise.</param>
/// <param name="CreatedAt">When it began, UTC.</param>
/// <param name="FinishedAt">When it was finished or canceled, UTC; null before.</param>
public sealed record Recovery(
    Guid Id,
    Guid WebhookId,
    Guid OrgId,
    RecoveryScope Scope,
    int? Rate,
    RecoveryState State,
    string? Reason,
    int? Total,
    int Redelivered,
    int Done,
    int Failed,
    DateTimeOffset CreatedAt,
    DateTimeOffset? FinishedAt);
