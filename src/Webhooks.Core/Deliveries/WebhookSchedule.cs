namespace Webhooks.Core.Deliveries;

/// <summary>What a webhook sets for its deliveries in place of the system's; null where it leaves the system's.</summary>
/// <param name="RetryDelays">The waits between attempts.</param>
/// <param name="Timeout">The time for one attempt. <see cref="WebhooksOptions.AttemptTimeout"/> bounds it all the same.</param>
public sealed record WebhookSchedule(RetrySchedule? RetryDelays, TimeSpan? Timeout)
{
    /// <summary>The most waits that a webhook may set.</summary>
    public const int MostDelays = 20;

    /// <summary>The longest wait that a webhook may set, in seconds: a week. The shortest is one second.</summary>
    public const int LongestDelay = 7 * 24 * 60 * 60;

    /// <summary>The longest time for one attempt that a webhook may set, in seconds. The shortest is one second.</summary>
    public const int LongestTimeout = 30;

    /// <summary>The schedule as it is stored; null when the webhook leaves all to the system.</summary>
    /// <param name="retryDelays">The waits in seconds.</param>
    /// <param name="timeoutSeconds">The time for one attempt in seconds.</param>
    public static WebhookSchedule? From(IReadOnlyList<int>? retryDelays, int? timeoutSeconds) =>
        retryDelays is null && timeoutSeconds is null
            ? null
            : new(
                retryDelays is null ? null : new RetrySchedule(retryDelays.Select(seconds => TimeSpan.FromSeconds(seconds))),
                timeoutSeconds is { } timeout ? TimeSpan.FromSeconds(timeout) : null);
}
