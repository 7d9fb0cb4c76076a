namespace Webhooks.Core.Statistics;

/// <summary>
/// What is counted of deliveries and attempts. Deliveries count where they were created, whenever they end, so that shares are of the same
/// deliveries; attempts count where they were made.
/// </summary>
public sealed class DeliveryCounts
{
    /// <summary>Deliveries that were created, whatever has become of them.</summary>
    public long Deliveries { get; set; }

    /// <summary>Those of them that have succeeded.</summary>
    public long Succeeded { get; set; }

    /// <summary>Those of them that have failed for good.</summary>
    public long Failed { get; set; }

    /// <summary>Those of them that were canceled.</summary>
    public long Canceled { get; set; }

    /// <summary>Those of them that came while their webhook was inactive.</summary>
    public long Skipped { get; set; }

    /// <summary>Those of them that succeeded at the first attempt.</summary>
    public long FirstAttempt { get; set; }

    /// <summary>The attempts of those that have succeeded or failed.</summary>
    public long EndedAttempts { get; set; }

    /// <summary>Attempts that were made.</summary>
    public long Attempts { get; set; }

    /// <summary>Those of them that were not answered with 2xx.</summary>
    public long FailedAttempts { get; set; }

    /// <summary>How long attempts took.</summary>
    public DurationHistogram Durations { get; } = new();

    /// <summary>Succeeded ones among those that succeeded or failed; null when none did.</summary>
    public double? SuccessRate => Share(Succeeded);

    /// <summary>Attempts for each that succeeded or failed; null when none did.</summary>
    public double? AverageAttempts => Share(EndedAttempts);

    /// <summary>Those that succeeded at the first attempt among those that succeeded or failed; null when none did.</summary>
    public double? FirstAttemptRate => Share(FirstAttempt);

    /// <summary>Whether it counts nothing.</summary>
    internal bool IsEmpty =>
        (Deliveries | Succeeded | Failed | Canceled | Skipped | FirstAttempt | EndedAttempts | Attempts | FailedAttempts) == 0
        && Durations.IsEmpty;

    /// <summary>Counts what another counts.</summary>
    public void Add(DeliveryCounts other)
    {
        Deliveries += other.Deliveries;
        Succeeded += other.Succeeded;
        Failed += other.Failed;
        Canceled += other.Canceled;
        Skipped += other.Skipped;
        FirstAttempt += other.FirstAttempt;
        EndedAttempts += other.EndedAttempts;
        Attempts += other.Attempts;
        FailedAttempts += other.FailedAttempts;
        Durations.Add(other.Durations);
    }

    private double? Share(long part) => Succeeded + Failed is var ended and > 0 ? (double)part / ended : null;
}
