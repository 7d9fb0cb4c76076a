using Webhooks.Core.Deliveries;

namespace Webhooks.Server.Engine;

/// <summary>
/// Pausing and closing: whether anything may start. <see cref="WebhookLanes"/> guards it: nothing here is safe for threads.
/// </summary>
internal sealed class LaneGate
{
    /// <summary>Whether nothing starts for now.</summary>
    public bool Paused { get; private set; }

    /// <summary>Whether nothing starts ever again.</summary>
    public bool Closed { get; private set; }

    /// <summary>Whether deliveries may start.</summary>
    public bool Open => !Paused && !Closed;

    /// <summary>Lets nothing start until <see cref="Resume"/>.</summary>
    public void Pause() => Paused = true;

    /// <summary>Ends <see cref="Pause"/>; that the lanes have waited is not their receivers' fault.</summary>
    public void Resume(Dictionary<Guid, WebhookLane>.ValueCollection lanes, TimeSpan now)
    {
        Paused = false;
        foreach (var lane in lanes)
        {
            lane.BeginGrace(now);
        }
    }

    /// <summary>Lets nothing start any more, and empties the lanes.</summary>
    /// <returns>What has been claimed and not started.</returns>
    public IReadOnlyCollection<ClaimedDelivery> Close(
        Dictionary<Guid, WebhookLane>.ValueCollection lanes, LaneTurns turns, LaneParking parking)
    {
        Closed = true;
        List<ClaimedDelivery> unstarted = [.. parking.TakeExcess(), .. parking.TakeLate()];
        foreach (var lane in lanes)
        {
            while (lane.Queued > 0)
            {
                unstarted.Add(turns.Dequeue(lane).Delivery);
            }
        }

        return unstarted;
    }
}
