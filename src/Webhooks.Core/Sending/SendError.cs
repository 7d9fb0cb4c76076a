namespace Webhooks.Core.Sending;

/// <summary>The codes under which an attempt that got no answer is recorded and shown. They are part of the API.</summary>
public static class SendError
{
    /// <summary>The attempt timeout ended before the answer did.</summary>
    public const string Timeout = "timeout";

    /// <summary>The host name does not resolve.</summary>
    public const string DnsError = "dns_error";

    /// <summary>Nothing listens at the address and port.</summary>
    public const string ConnectionRefused = "connection_refused";

    /// <summary>No connection could be made for another reason.</summary>
    public const string ConnectionFailed = "connection_failed";

    /// <summary>The receiver ended the connection before its status and headers were complete.</summary>
    public const string ConnectionClosed = "connection_closed";

    /// <summary>The TLS handshake failed, or the certificate is not valid for the host.</summary>
    public const string TlsError = "tls_error";

    /// <summary>The answer is not HTTP, or its headers are malformed or too large.</summary>
    public const string InvalidResponse = "invalid_response";

    /// <summary>The URL, or an address that its host resolves to, is one that webhooks may not be sent to.</summary>
    public const string AddressNotAllowed = "address_not_allowed";
}
