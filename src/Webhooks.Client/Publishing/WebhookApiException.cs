using System.Net;

namespace Webhooks.Client.Publishing;

/// <summary>The refusal of a request by the platform's HTTP API.</summary>
public sealed class WebhookApiException : Exception
{
    internal WebhookApiException(HttpStatusCode status, string message, IReadOnlyDictionary<string, string[]> errors)
        : base(message)
    {
        Status = status;
        Errors = errors;
    }

    /// <summary>The answer's status.</summary>
    public HttpStatusCode Status { get; }

    /// <summary>The mistakes by field, as in <c>event</c> or <c>[3].data.price</c>; empty when no single field is to blame.</summary>
    public IReadOnlyDictionary<string, string[]> Errors { get; }
}
