using Webhooks.Core.SentRequests;

namespace Webhooks.Api.SentRequests;

/// <summary>The signed request of an attempt.</summary>
/// <param name="Attempt">The attempt's number, 1 for the first.</param>
/// <param name="SentAt">When the attempt was made, UTC.</param>
/// <param name="Method">The HTTP method.</param>
/// <param name="Url">Where the webhook's requests go now; null when the webhook is pulled from.</param>
/// <param name="Headers">
/// The request's headers by name, without those of the connection. Of the webhook's own `headers`, the values are masked.
/// </param>
/// <param name="Body">The request's body; signed are exactly its bytes in UTF-8.</param>
internal sealed record SentRequestResource(
    int Attempt, DateTime SentAt, string Method, string? Url, IReadOnlyDictionary<string, string> Headers, string Body)
{
    public static SentRequestResource From(SentRequest request) => new(
        request.Attempt, request.SentAt.UtcDateTime, HttpMethod.Post.Method, request.Url, request.Headers, request.Body);
}
