namespace Webhooks.Core.Deliveries;

/// <summary>A delivery with its payload and every attempt.</summary>
/// <param name="Summary">What the history lists.</param>
/// <param name="ResponseBody">The beginning of the last answer's body.</param>
/// <param name="Payload">
/// The exact text that is signed and sent, unless a transform made another of it; null when it has been erased.
/// </param>
/// <param name="Attempts">Oldest first.</param>
/// <param name="RedactedAt">When payload and answers were erased, UTC; null when they are there.</param>
/// <param name="SentBody">The exact text that is signed and sent in the place of the payload; null when that is the payload.</param>
/// <param name="SentHeaders">The headers that the transform gave to it, a JSON object; null when there was no transform.</param>
/// <param name="TransformError">Why the transform failed; null when it did not.</param>
public sealed record DeliveryDetail(
    DeliverySummary Summary,
    string? ResponseBody,
    string? Payload,
    IReadOnlyList<RecordedAttempt> Attempts,
    DateTimeOffset? RedactedAt,
    string? SentBody,
    string? SentHeaders,
    string? TransformError);
