namespace Webhooks.Core.SentRequests;

/// <summary>The request of an attempt, made again from what is stored.</summary>
/// <param name="Attempt">The attempt's number, 1 for the first.</param>
/// <param name="SentAt">When the attempt was made, UTC: the header <c>webhook-timestamp</c>.</param>
/// <param name="Url">The webhook's URL now; null when it is pulled from.</param>
/// <param name="Headers">
/// By name, without those of the connection. The webhook's own have <see cref="Webhooks.RequestHeaders.Mask"/> in the place of their
/// values.
/// </param>
/// <param name="Body">Exactly what is signed, as UTF-8.</param>
public sealed record SentRequest(
    int Attempt, DateTimeOffset SentAt, string? Url, IReadOnlyDictionary<string, string> Headers, string Body);
