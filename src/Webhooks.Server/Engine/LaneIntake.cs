using Webhooks.Core.Deliveries;

namespace Webhooks.Server.Engine;

/// <summary>
/// Intake and reservations: how much may wait in the lanes, of the backlog, of what is stored now, and in one lane.
/// <see cref="WebhookLanes"/> guards it: nothing here is safe for threads.
/// </summary>
/// <param name="options">The bounds.</param>
/// <param name="turns">What waits.</param>
internal sealed class LaneIntake(EngineOptions options, LaneTurns turns)
{
    // Bodies may be large: what waits is bounded by bytes, too.
    private const double MostQueuedBytes = 64 * 1024 * 1024;

    private int _reserved;
    private int _takenIn;
    private int _busyLanes;
    private double _averageBytes = 1024;
    private bool _toldOfLow;
    private bool _open;

    /// <summary>How many more deliveries may wait, of the backlog or stored now.</summary>
    public int Room => MostQueued - turns.Queued;

    /// <summary>How many deliveries of the backlog may be claimed now; 0 while the lanes have enough of it to be busy with.</summary>
    public int RoomForBacklog => LowOnBacklog ? MostQueued - QueuedOfBacklog : 0;

    /// <summary>Whether so much waits that each lane is held to its share.</summary>
    public bool HalfFull => turns.Queued > MostQueued / 2;

    /// <summary>A lane's part of what may wait, when all busy ones have the same.</summary>
    public int FairShare => MostQueued / Math.Max(1, _busyLanes);

    /// <summary>What may wait in one lane: all, as long as nobody is kept from it.</summary>
    public int Share => HalfFull ? FairShare : MostQueued;

    private int MostQueued => (int)Math.Clamp(MostQueuedBytes / _averageBytes, 1, options.MaxQueued);

    // What is stored now and what was stored before have room of their own, so that neither waits for the other.
    private int QueuedOfBacklog => turns.Queued - _takenIn;

    private bool LowOnBacklog => QueuedOfBacklog <= MostQueued / 2;

    /// <summary>From now on, room may be reserved for what is about to be stored.</summary>
    public void Open() => _open = true;

    /// <summary>Keeps room for deliveries that are about to be stored, until <see cref="EndReservation"/>.</summary>
    /// <param name="most">The most that may be wanted.</param>
    /// <returns>For how many there is room.</returns>
    public int Reserve(int most)
    {
        var room = _open ? MostQueued - _takenIn - _reserved : 0;
        var reserved = Math.Clamp(room, 0, most);
        _reserved += reserved;
        return reserved;
    }

    /// <summary>Ends a reservation; what it was for has been taken in, or does not come.</summary>
    public void EndReservation(int reserved) => _reserved -= reserved;

    /// <summary>A delivery waits in its lane from now on.</summary>
    public void Entered(QueuedDelivery delivery) => _takenIn += delivery.TakenIn ? 1 : 0;

    /// <summary>A delivery does not wait in its lane any more.</summary>
    public void Left(QueuedDelivery delivery) => _takenIn -= delivery.TakenIn ? 1 : 0;

    /// <summary>Claims have come: learns how large they are, and whether there is enough of the backlog again.</summary>
    public void Learn(IReadOnlyList<ClaimedDelivery> claims)
    {
        var average = claims.Average(claim => claim.Body.Length);
        _averageBytes = Math.Max(1, (_averageBytes + average) / 2);
        _toldOfLow &= LowOnBacklog;
    }

    /// <summary>Counts the lanes that have something to do, between which the room is shared.</summary>
    public void CountBusy(Dictionary<Guid, WebhookLane>.ValueCollection lanes) => _busyLanes = lanes.Count(lane => !lane.Idle);

    /// <summary>Whether more of the backlog is wanted; true once, and again when there was enough of it meanwhile.</summary>
    public bool TellsOfLow()
    {
        if (_toldOfLow || !LowOnBacklog)
        {
            return false;
        }

        _toldOfLow = true;
        return true;
    }
}
