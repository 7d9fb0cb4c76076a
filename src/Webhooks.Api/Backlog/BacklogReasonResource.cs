using Webhooks.Core.Backlog;

namespace Webhooks.Api.Backlog;

/// <summary>Pending deliveries that wait for the same reason.</summary>
/// <param name="Reason">
/// `attempting`: an attempt is under way; `due`: it is attempted as soon as there is room; `retry`: the last attempt failed, and the next
/// one's time has not come; `scheduled`: its publisher wants it later; or what holds it, as in a delivery's `held`: `circuit`,
/// `retry_after`, `pull`.
/// </param>
/// <param name="Count">How many.</param>
/// <param name="OldestAt">When the oldest of them was created, UTC.</param>
/// <param name="NextAttemptAt">When the first of them is attempted, UTC; null but for `retry` and `scheduled`.</param>
internal sealed record BacklogReasonResource(string Reason, int Count, DateTime OldestAt, DateTime? NextAttemptAt)
{
    public static BacklogReasonResource From(BacklogReason reason) =>
        new(reason.Reason, reason.Count, reason.OldestAt.UtcDateTime, reason.NextAttemptAt?.UtcDateTime);
}
