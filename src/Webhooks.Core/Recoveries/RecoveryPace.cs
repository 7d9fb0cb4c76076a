namespace Webhooks.Core.Recoveries;

/// <summary>How fast a recovery may go. Pure.</summary>
/// <param name="Rate">Redeliveries a second.</param>
/// <param name="Page">Redeliveries in the next page; 0 while it waits for what its webhook has to do already.</param>
public readonly record struct RecoveryPace(double Rate, int Page)
{
    /// <summary>
    /// The most deliveries that a webhook may have pending for its recovery to go on: what is waiting for retries when the receiver has
    /// failed again, or is held back.
    /// </summary>
    public const int MostPending = 10_000;

    private const double ShareOfReceiver = 0.25;
    private const double LeastRate = 1;
    private const double GreatestRate = 500;

    /// <summary>Of a receiver of which nothing is known.</summary>
    private const double UnknownRate = 10;

    /// <summary>Attempts under way at once to one webhook, by default.</summary>
    private const int AttemptsAtOnce = 128;

    private const int LargestPage = 500;
    private const double SecondsPerPage = 0.5;

    /// <summary>What is due may be as much as a recovery makes in this time. Live events wait behind no more than that.</summary>
    private const double SecondsAhead = 2;

    private const int LeastAhead = 50;

    /// <summary>The pace for a webhook.</summary>
    /// <param name="wanted">The rate that was asked for; null for a quarter of what the receiver takes.</param>
    /// <param name="load">What the webhook has to do, and how its receiver does.</param>
    public static RecoveryPace For(int? wanted, WebhookLoad load)
    {
        var rate = wanted ?? DefaultRate(load.AverageDuration);
        var page = Math.Clamp((int)Math.Ceiling(rate * SecondsPerPage), 1, LargestPage);
        var waits = load.Pending >= MostPending || load.Due >= Math.Max(LeastAhead, SecondsAhead * rate);
        return new RecoveryPace(rate, waits ? 0 : page);
    }

    /// <summary>
    /// A receiver takes as many attempts a second as it may have under way at once, divided by the time that each takes.
    /// </summary>
    private static double DefaultRate(TimeSpan? averageDuration) => averageDuration is { } duration
        ? Math.Clamp(ShareOfReceiver * AttemptsAtOnce / Math.Max(duration.TotalSeconds, 0.001), LeastRate, GreatestRate)
        : UnknownRate;
}
