using Webhooks.Core.Health;

namespace Webhooks.Server.Engine;

/// <summary>
/// The webhooks that are paused, whether or not they have a lane. <see cref="WebhookLanes"/> guards it: nothing here is safe for threads.
/// </summary>
internal sealed class LaneHolds
{
    private Dictionary<Guid, LaneHold> _holds = [];

    /// <summary>Whether there is any.</summary>
    public bool Any => _holds.Count > 0;

    /// <summary>The webhook's; none by default.</summary>
    public LaneHold Of(Guid webhookId) => _holds.GetValueOrDefault(webhookId);

    /// <summary>Notes a pause that has begun.</summary>
    public LaneHold Add(WebhookPause pause, TimeSpan now) => _holds[pause.WebhookId] = HoldOf(pause, now);

    /// <summary>Notes that a webhook is not paused any more.</summary>
    public void Remove(Guid webhookId) => _holds.Remove(webhookId);

    /// <summary>Takes over all that there are.</summary>
    public void Replace(IReadOnlyCollection<WebhookPause> pauses, TimeSpan now) =>
        _holds = pauses.ToDictionary(pause => pause.WebhookId, pause => HoldOf(pause, now));

    private static LaneHold HoldOf(WebhookPause pause, TimeSpan now) => new(now + pause.Remaining, pause.NeedsProbe);
}
