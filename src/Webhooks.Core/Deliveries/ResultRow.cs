using Webhooks.Core.Postgres;
using Webhooks.Core.Sending;

namespace Webhooks.Core.Deliveries;

/// <summary>
/// A result as it is recorded: every text is one that PostgreSQL can hold, so that no result fails those that are recorded with it.
/// </summary>
internal sealed record ResultRow(
    Guid Id,
    Guid LeaseToken,
    string Status,
    DateTimeOffset? NextAttemptAt,
    string? Attempt,
    int? AttemptNumber,
    int? ResponseStatus,
    string? ResponseBody,
    string? Error,
    DateTimeOffset? AttemptedAt,
    int? DurationMs,
    DateTimeOffset? DeliveredAt)
{
    /// <summary>The row of a result.</summary>
    public static ResultRow From(DeliveryResult result)
    {
        var attempt = result.Attempt is null ? null : Recorded(result.Attempt, result.Delivery.Trigger, result.Next);
        return new ResultRow(
            result.Delivery.Id,
            result.Delivery.LeaseToken,
            result.Next.Status.ToText(),
            NextAttemptAt: (result.Next as NextStep.RetryAt)?.Time.ToUniversalTime(),
            attempt is null ? null : AttemptJson.Write(attempt),
            attempt?.Number,
            attempt?.ResponseStatus,
            attempt?.ResponseBody,
            attempt is null ? ErrorOf(result.Next) : attempt.Error,
            attempt?.StartedAt,
            attempt?.DurationMs,
            DeliveredAt: result.Next is NextStep.Succeeded ? attempt?.StartedAt + result.Attempt?.Duration : null);
    }

    /// <summary>Why it ended without an attempt; null when that is nothing new, or its webhook's or somebody's wish.</summary>
    private static string? ErrorOf(NextStep next) => next switch
    {
        NextStep.TransformFailed => SendError.TransformFailed,
        NextStep.TransformCanceled => SendError.TransformCanceled,
        _ => null,
    };

    private static RecordedAttempt Recorded(Attempt attempt, AttemptTrigger trigger, NextStep next)
    {
        var answered = attempt.Outcome as SendOutcome.Answered;
        var (error, message) = Describe(attempt.Outcome, next);
        return new RecordedAttempt(
            attempt.Number,
            attempt.StartedAt.ToUniversalTime(),
            (int)Math.Min(attempt.Duration.TotalMilliseconds, int.MaxValue),
            answered?.Status,
            StorableText.From(answered?.Body),
            StorableText.From(error),
            StorableText.From(message),
            trigger.ToStoredText())
        {
            ResponseHeaders = answered?.Headers,
        };
    }

    private static (string? Error, string? Message) Describe(SendOutcome outcome, NextStep next) => (outcome, next) switch
    {
        (SendOutcome.NotAnswered failed, _) => (failed.Error, failed.Message),
        (_, NextStep.Aborted) => (SendError.AbortedByReceiver, "The receiver ended this delivery (webhook-delivery: abort-message)."),
        _ => (null, null),
    };
}
