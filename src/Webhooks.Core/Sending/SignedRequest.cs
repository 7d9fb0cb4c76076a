using System.Globalization;
using System.Net;
using Webhooks.Core.CloudEvents;

namespace Webhooks.Core.Sending;

/// <summary>The HTTP request that a receiver gets, made of a <see cref="SendRequest"/>.</summary>
internal static class SignedRequest
{
    private const string ContentType = "application/json; charset=utf-8";

    private static readonly string _userAgent = $"Webhooks/{typeof(SignedRequest).Assembly.GetName().Version!.ToString(3)}";

    /// <summary>The headers of the request, for a receiver that pulls it; without those of the connection.</summary>
    public static IReadOnlyDictionary<string, string> Headers(SendRequest request)
    {
        using var message = Create(request, uri: null);
        return message.Headers.NonValidated.Concat(message.Content!.Headers.NonValidated)
            .ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>The request with all its headers. Its body has a known length, so it is sent in one piece and not in chunks.</summary>
    /// <remarks>
    /// HTTP/1.1 only. Over HTTP/2 all webhooks of one host would share a connection: one receiver's flow control, GOAWAY or
    /// reset would fail attempts of the others, for requests that are small and seldom simultaneous.
    /// </remarks>
    public static HttpRequestMessage Create(SendRequest request, Uri? uri)
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
        message.Headers.Add("X-Webhook-Event", request.Event);

        // What we have made ourselves needs no validation.
        message.Content.Headers.TryAddWithoutValidation(
            "Content-Type", CloudEventPayload.IsOne(body, request.Transformed) ? CloudEventPayload.ContentType : ContentType);
        message.Headers.TryAddWithoutValidation("User-Agent", _userAgent);

        // Any answer will do. Firewalls count a request without this header as suspicious.
        message.Headers.TryAddWithoutValidation("Accept", "*/*");
        message.Headers.TryAddWithoutValidation("X-Webhook-Signature", request.Signer.OfBody(body));
        if (request.Signer.NextOfBody(body) is { } next)
        {
            message.Headers.TryAddWithoutValidation("X-Webhook-Signature-Next", next);
        }

        message.Headers.TryAddWithoutValidation("webhook-id", id);
        message.Headers.TryAddWithoutValidation("webhook-timestamp", timestamp);
        message.Headers.TryAddWithoutValidation("webhook-signature", request.Signer.Standard(id, timestamp, body));
        message.Headers.TryAddWithoutValidation("X-Webhook-Delivery", request.DeliveryId.ToString());
        message.Headers.TryAddWithoutValidation("X-Webhook-Attempt", request.AttemptNumber.ToString(CultureInfo.InvariantCulture));
        foreach (var (name, value) in request.Headers)
        {
            // They were validated when they were set. Some names are a body's, to the client.
            if (!message.Headers.TryAddWithoutValidation(name, value))
            {
                message.Content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return message;
    }
}
