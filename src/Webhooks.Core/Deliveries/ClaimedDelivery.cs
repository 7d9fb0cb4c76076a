using Webhooks.Core.Secrets;

namespace Webhooks.Core.Deliveries;

/// <summary>A delivery whose next attempt is ours to make until the lease ends, with all that the attempt needs.</summary>
/// <param name="Id">The delivery.</param>
/// <param name="LeaseToken">Proves the claim when the result is recorded.</param>
/// <param name="WebhookId">The webhook.</param>
/// <param name="OrgId">The organization.</param>
/// <param name="EventId">The event.</param>
/// <param name="Event">The event type.</param>
/// <param name="Body">
/// The stored payload as PostgreSQL prints it, or what a transform made of it: the bytes that are signed and sent.
/// </param>
/// <param name="AttemptsMade">Attempts recorded so far; the next attempt's number is one more.</param>
/// <param name="Test">A test delivery: one attempt, whether or not the webhook is active.</param>
/// <param name="Url">The webhook's URL now; empty when it is pulled from.</param>
/// <param name="EncryptedSecret">The webhook's secret as stored; null when the webhook was deleted.</param>
/// <param name="WebhookActive">False when the webhook was deleted or deactivated.</param>
/// <param name="CreatedAt">When the delivery was stored, UTC.</param>
/// <param name="TraceParent">The W3C traceparent of the publishing of its event; null when that was not traced.</param>
/// <param name="Schedule">What the webhook sets now in place of the system's; null when that is nothing.</param>
/// <param name="PreviousSecret">The secret that signs beside the webhook's own; null unless the overlap of a rotation runs.</param>
/// <param name="Trigger">Why the attempt is made.</param>
/// <param name="CancelRequested">Somebody canceled it while an attempt was under way that has not been recorded.</param>
/// <param name="ClaimedAt">
/// When it was claimed, by the database's clock: what happened to its webhook after that, the attempt knows nothing of.
/// </param>
public sealed record ClaimedDelivery(
    Guid Id,
    Guid LeaseToken,
    Guid WebhookId,
    Guid OrgId,
    Guid EventId,
    string Event,
    ReadOnlyMemory<byte> Body,
    int AttemptsMade,
    bool Test,
    string Url,
    string? EncryptedSecret,
    bool WebhookActive,
    DateTimeOffset CreatedAt,
    string? TraceParent,
    WebhookSchedule? Schedule = null,
    PreviousSecret? PreviousSecret = null,
    AttemptTrigger Trigger = AttemptTrigger.Schedule,
    bool CancelRequested = false,
    DateTimeOffset ClaimedAt = default)
{
    /// <summary>When the first attempt was wanted, UTC, when that was after it was stored; otherwise null.</summary>
    public DateTimeOffset? DeliverAt { get; init; }

    /// <summary>Whether the webhook is pulled from: its receiver makes the attempt and reports what came of it.</summary>
    public bool Pulled { get; init; }

    /// <summary>The headers of the webhook's own as stored; null when it has none.</summary>
    public string? EncryptedHeaders { get; init; }

    /// <summary>The webhook's transform now; null when it has none.</summary>
    public Guid? TransformId { get; init; }

    /// <summary>
    /// Headers that a transform gave to it, as a JSON object; null when <see cref="Body"/> is the payload and not what a transform made.
    /// </summary>
    public string? SentHeaders { get; init; }
}
