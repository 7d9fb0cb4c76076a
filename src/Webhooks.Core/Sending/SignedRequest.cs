using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace Webhooks.Core.Sending;

/// <summary>Turns a <see cref="SendRequest"/> into the HTTP request that a receiver gets.</summary>
internal static class SignedRequest
{
    private static readonly string _userAgent = $"Webhooks/{typeof(SignedRequest).Assembly.GetName().Version!.ToString(3)}";

    private static readonly MediaTypeHeaderValue _json = new("application/json", "utf-8");

    /// <summary>The request with all its headers. Its body has a known length, so it is sent in one piece and not in chunks.</summary>
    /// <remarks>
    /// HTTP/1.1 only. Over HTTP/2 all webhooks of one host would share a connection: one receiver's flow control, GOAWAY or
    /// reset would fail attempts of the others, for requests that are small and seldom simultaneous.
    /// </remarks>
    public static HttpRequestMessage Create(SendRequest request, Uri uri)
    {
        var id = request.EventId.ToString();
        var timestamp = request.Timestamp.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var body = request.Body.Span;

        var message = new HttpRequestMessage(HttpMethod.Post, uri)
        {
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ReadOnlyMemoryContent(request.Body),
        };
        message.Content.Headers.ContentType = _json;
        message.Headers.Add("User-Agent", _userAgent);
        message.Headers.Add("X-Webhook-Signature", WebhookSignature.OfBody(request.Secret, body));
        message.Headers.Add("webhook-id", id);
        message.Headers.Add("webhook-timestamp", timestamp);
        message.Headers.Add("webhook-signature", WebhookSignature.Standard(request.Secret, id, timestamp, body));
        message.Headers.Add("X-Webhook-Event", request.Event);
        message.Headers.Add("X-Webhook-Delivery", request.DeliveryId.ToString());
        message.Headers.Add("X-Webhook-Attempt", request.AttemptNumber.ToString(CultureInfo.InvariantCulture));
        return message;
    }
}
