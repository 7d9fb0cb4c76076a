using Webhooks.Core.Health;

namespace Webhooks.Core.Backlog;

/// <summary>Pending deliveries that wait for the same reason.</summary>
/// <param name="Reason">One of the constants, or what holds them: a constant of <see cref="Hold"/>.</param>
/// <param name="Count">How many.</param>
/// <param name="OldestAt">When the oldest of them was created, UTC.</param>
/// <param name="NextAttemptAt">When the first of them is attempted, UTC; null when that is not a matter of time.</param>
public sealed record BacklogReason(string Reason, int Count, DateTimeOffset OldestAt, DateTimeOffset? NextAttemptAt)
{
    /// <summary>An attempt is under way.</summary>
    public const string Attempting = "attempting";

    /// <summary>Its time has come, and it is attempted as soon as there is room.</summary>
    public const string Due = "due";

    /// <summary>The last attempt failed, and the next one's time has not come.</summary>
    public const string Retry = "retry";

    /// <summary>Its publisher wants it later.</summary>
    public const string Scheduled = "scheduled";

    /// <summary>Every reason there is.</summary>
    public static IReadOnlyList<string> All { get; } = [Attempting, Due, Retry, Scheduled, Hold.Circuit, Hold.RetryAfter, Hold.Pull];
}
