namespace Webhooks.Core.Sending;

/// <summary>
/// The codes under which an attempt is recorded and shown that got no answer, or one that ended its delivery, and a delivery that ended
/// without an attempt. They are part of the API.
/// </summary>
public static class SendError
{
    /// <summary>
    /// No status came before the attempt timeout ended; or others of the organization that wait for the same host left no place for the
    /// attempt.
    /// </summary>
    public const string Timeout = "timeout";

    /// <summary>
    /// The host name does not resolve to addresses that webhooks may be sent to: to none, or to one that is refused. It is one code for
    /// both, since the difference would tell anyone which names exist in the operator's own network. The operator's log has it.
    /// </summary>
    public const string DnsError = "dns_error";

    /// <summary>Nothing listens at the address and port.</summary>
    public const string ConnectionRefused = "connection_refused";

    /// <summary>No connection could be made for another reason.</summary>
    public const string ConnectionFailed = "connection_failed";

    /// <summary>The receiver ended the connection before its status and headers were complete.</summary>
    public const string ConnectionClosed = "connection_closed";

    /// <summary>The TLS handshake failed, the certificate is not valid for the host, or the receiver demands one of the sender.</summary>
    public const string TlsError = "tls_error";

    /// <summary>The answer is not HTTP, or its headers are malformed or too large.</summary>
    public const string InvalidResponse = "invalid_response";

    /// <summary>The URL itself is one that webhooks may not be sent to: by its scheme, its port, or the address that is its host.</summary>
    public const string AddressNotAllowed = "address_not_allowed";

    /// <summary>The receiver answered that it does not want this delivery again: <c>webhook-delivery: abort-message</c>.</summary>
    public const string AbortedByReceiver = "aborted_by_receiver";

    /// <summary>
    /// The receiver, which had pulled the delivery, reported that it could not be handled; the attempt's message says why.
    /// </summary>
    public const string ReportedFailure = "reported_failure";

    /// <summary>The webhook's transform failed, so that no attempt was made.</summary>
    public const string TransformFailed = "transform_failed";

    /// <summary>The webhook's transform returned <c>{cancel: true}</c>, so that no attempt was made.</summary>
    public const string TransformCanceled = "transform_canceled";

    /// <summary>The codes of what can happen between a sender and a receiver.</summary>
    public static IReadOnlyList<string> OfNoAnswer { get; } =
        [Timeout, DnsError, ConnectionRefused, ConnectionFailed, ConnectionClosed, TlsError, InvalidResponse];
}
