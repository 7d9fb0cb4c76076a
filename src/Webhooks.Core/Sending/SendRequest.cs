namespace Webhooks.Core.Sending;

/// <summary>One signed POST to make.</summary>
/// <param name="OrgId">The organization whose webhook it is: organizations share a host's connections.</param>
/// <param name="Url">The webhook's URL.</param>
/// <param name="Signer">The webhook's signer.</param>
/// <param name="Body">The exact bytes to sign and send.</param>
/// <param name="EventId">The header <c>webhook-id</c>.</param>
/// <param name="Event">The header <c>X-Webhook-Event</c>.</param>
/// <param name="DeliveryId">The header <c>X-Webhook-Delivery</c>.</param>
/// <param name="AttemptNumber">The header <c>X-Webhook-Attempt</c>; 1 for the first.</param>
/// <param name="Timestamp">The header <c>webhook-timestamp</c>: when this attempt is made.</param>
/// <param name="Timeout">
/// The time for this attempt, where <see cref="WebhooksOptions.AttemptTimeout"/> is longer; null for that itself.
/// </param>
public sealed record SendRequest(
    Guid OrgId,
    string Url,
    WebhookSigner Signer,
    ReadOnlyMemory<byte> Body,
    Guid EventId,
    string Event,
    Guid DeliveryId,
    int AttemptNumber,
    DateTimeOffset Timestamp,
    TimeSpan? Timeout = null)
{
    /// <summary>Headers of the webhook's own, and of its transform.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>Whether a transform made the body, so that it may have any form.</summary>
    public bool Transformed { get; init; }
}
