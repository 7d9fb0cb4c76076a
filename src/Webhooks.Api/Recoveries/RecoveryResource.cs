using Webhooks.Core.Recoveries;

namespace Webhooks.Api.Recoveries;

/// <summary>A recovery: what a webhook did not get in a window of time is redelivered.</summary>
/// <param name="Id">The recovery's id.</param>
/// <param name="WebhookId">The webhook.</param>
/// <param name="From">Deliveries that were created at this time or later, UTC,</param>
/// <param name="To">and before this time, UTC,</param>
/// <param name="Statuses">in one of these states,</param>
/// <param name="Events">of one of these event types (null is all),</param>
/// <param name="ResponseStatus">with this HTTP status of the last answer (null is any, and none).</param>
/// <param name="Rate">The most redeliveries a second; null is a quarter of what the receiver takes.</param>
/// <param name="State">`running`, `paused`, `canceled` or `finished`, which is when every redelivery has ended.</param>
/// <param name="Reason">Why it is paused or canceled: `requested`, `webhook_inactive` or `webhook_deleted`; null otherwise.</param>
/// <param name="Total">
/// How many deliveries there are to redeliver, as counted when it began; once it is finished, how many there were. Null when there was no
/// time to count them.
/// </param>
/// <param name="Redelivered">How many redeliveries it has made. Those that are neither done nor failed are pending.</param>
/// <param name="Done">How many of them have succeeded, counted every few seconds while it runs.</param>
/// <param name="Failed">How many of them have failed or were canceled, counted likewise.</param>
/// <param name="CreatedAt">When it began, UTC.</param>
/// <param name="FinishedAt">When it was finished or canceled, UTC; or null.</param>
internal sealed record RecoveryResource(
    Guid Id,
    Guid WebhookId,
    DateTime From,
    DateTime To,
    IReadOnlyList<string> Statuses,
    IReadOnlyList<string>? Events,
    int? ResponseStatus,
    int? Rate,
    string State,
    string? Reason,
    int? Total,
    int Redelivered,
    int Done,
    int Failed,
    DateTime CreatedAt,
    DateTime? FinishedAt)
{
    public static RecoveryResource Of(Recovery recovery) => new(
        recovery.Id,
        recovery.WebhookId,
        recovery.Scope.From.UtcDateTime,
        recovery.Scope.To.UtcDateTime,
        recovery.Scope.Statuses,
        recovery.Scope.Events,
        recovery.Scope.ResponseStatus,
        recovery.Rate,
        recovery.State.ToText(),
        recovery.Reason,
        recovery.Total,
        recovery.Redelivered,
        recovery.Done,
        recovery.Failed,
        recovery.CreatedAt.UtcDateTime,
        recovery.FinishedAt?.UtcDateTime);
}
