using Webhooks.Core.Backlog;

namespace Webhooks.Api.Backlog;

/// <summary>What pending deliveries wait for.</summary>
/// <param name="Pending">How many there are; the most that are counted, when `complete` is false.</param>
/// <param name="Complete">Whether all were counted.</param>
/// <param name="Reasons">By reason, the most frequent first; those that there are.</param>
internal sealed record BacklogResource(int Pending, bool Complete, IReadOnlyList<BacklogReasonResource> Reasons)
{
    public static BacklogResource From(IReadOnlyList<BacklogReason> reasons)
    {
        var pending = reasons.Sum(reason => reason.Count);
        return new BacklogResource(
            pending, pending < PendingBacklog.MostCounted, [.. reasons.Select(BacklogReasonResource.From)]);
    }
}
