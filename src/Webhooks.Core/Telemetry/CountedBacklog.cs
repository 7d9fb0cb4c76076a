namespace Webhooks.Core.Telemetry;

/// <summary>What the whole database has to do, as it was counted. Counts stop at a bound.</summary>
/// <param name="Pending">Deliveries that are not finished.</param>
/// <param name="OldestPending">
/// Time since the creation of the oldest of them, or since it is due where the webhook has waits of its own; zero when there is none.
/// </param>
/// <param name="Due">Deliveries whose attempt is due, and that nobody has claimed.</param>
/// <param name="OldestDue">For how long the first of these has been due; zero when there is none.</param>
/// <param name="Leased">Deliveries that are claimed: they are being attempted, or are about to be.</param>
/// <param name="PausedByCircuit">Webhooks that are paused because their receivers do not answer.</param>
/// <param name="PausedByReceiver">Webhooks that are paused because their receivers ask for it.</param>
public sealed record CountedBacklog(
    long Pending,
    TimeSpan OldestPending,
    long Due,
    TimeSpan OldestDue,
    long Leased,
    long PausedByCircuit,
    long PausedByReceiver);
