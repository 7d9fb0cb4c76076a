namespace Webhooks.Core.Deliveries;

/// <summary>How long to wait after each failed attempt before the next.</summary>
public sealed class RetrySchedule
{
    /// <summary>1 m, 5 m, 15 m, 1 h, 2 h: six attempts in 3 h 21 m.</summary>
    public static RetrySchedule Default { get; } = new(
        TimeSpan.FromMinutes(1),
        TimeSpan.FromMinutes(5),
        TimeSpan.FromMinutes(15),
        TimeSpan.FromHours(1),
        TimeSpan.FromHours(2));

    private readonly TimeSpan[] _delays;

    /// <param name="delays">The wait after the first attempt, the second and so on; none means a single attempt.</param>
    /// <exception cref="ArgumentException">A delay is negative.</exception>
    public RetrySchedule(params IEnumerable<TimeSpan> delays)
    {
        _delays = [.. delays];
        if (_delays.Any(delay => delay < TimeSpan.Zero))
        {
            throw new ArgumentException("A retry delay must not be negative.", nameof(delays));
        }
    }

    /// <summary>One more than there are delays.</summary>
    public int MaxAttempts => _delays.Length + 1;

    /// <summary>The sum of all delays.</summary>
    public TimeSpan Total => _delays.Aggregate(TimeSpan.Zero, (total, delay) => total + delay);

    /// <summary>The delays, in order.</summary>
    public IReadOnlyList<TimeSpan> Delays => _delays;

    /// <summary>The wait after attempt <paramref name="attemptNumber"/> failed, or null when that was the last.</summary>
    /// <param name="attemptNumber">1 for the first.</param>
    public TimeSpan? DelayAfter(int attemptNumber) => attemptNumber < MaxAttempts ? _delays[attemptNumber - 1] : null;
}
