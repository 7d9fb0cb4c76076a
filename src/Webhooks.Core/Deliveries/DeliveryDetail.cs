namespace Webhooks.Core.Deliveries;

/// <summary>A delivery with its payload and every attempt.</summary>
/// <param name="Summary">What the history lists.</param>
/// <param name="ResponseBody">The beginning of the last answer's body.</param>
/// <param name="Payload">The exact text that is signed and sent; null when it has been erased.</param>
/// <param name="Attempts">Oldest first.</param>
/// <param name="RedactedAt">When payload and answers were erased, UTC; null when they are there.</param>
public sealed record DeliveryDetail(
    DeliverySummary Summary,
    string? ResponseBody,
    string? Payload,
    IReadOnlyList<RecordedAttempt> Attempts,
    DateTimeOffset? RedactedAt);
