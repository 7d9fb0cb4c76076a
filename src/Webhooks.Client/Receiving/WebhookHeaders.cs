namespace Webhooks.Client.Receiving;

/// <summary>The headers of a webhook's request.</summary>
public static class WebhookHeaders
{
    /// <summary>Hexadecimal HMAC-SHA256 of the body; see <see cref="WebhookVerifier.VerifyBody"/>.</summary>
    public const string BodySignature = "X-Webhook-Signature";

    /// <summary>The event's id, the same at every attempt; remember it to recognize an event that comes twice.</summary>
    public const string Id = "webhook-id";

    /// <summary>The time of the request, in seconds since 1970 UTC.</summary>
    public const string Timestamp = "webhook-timestamp";

    /// <summary>The signatures as Standard Webhooks defines them; see <see cref="WebhookVerifier.Verify"/>.</summary>
    public const string Signature = "webhook-signature";

    /// <summary>The event type.</summary>
    public const string Event = "X-Webhook-Event";

    /// <summary>The id of the delivery of this event to this webhook.</summary>
    public const string Delivery = "X-Webhook-Delivery";

    /// <summary>The number of the attempt; 1 for the first.</summary>
    public const string Attempt = "X-Webhook-Attempt";
}
