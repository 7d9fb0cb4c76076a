using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;

namespace Webhooks.Core.Sending;

/// <summary>The code of every way to fail, and words for the customer that show no address, timing or text of an exception.</summary>
internal static class SendFailure
{
    private const string TooManyAttemptsUnderWay =
        "So many requests to this host wait for their answers that another was not begun. Answer with a 2xx status first, and do the work "
        + "afterwards.";

    private const string ClientCertificateDemanded =
        "The server demands a client certificate, and webhooks are sent without one. Let it accept connections without a client "
        + "certificate on "
        + "this URL: verify the request's signature instead.";

    /// <summary>The outcome for a code of <see cref="SendError"/>.</summary>
    /// <param name="error">The code.</param>
    /// <param name="attemptTimeout">
    /// For the message of <see cref="SendError.Timeout"/>, which must not tell how far the attempt came.
    /// </param>
    public static SendOutcome.NotAnswered Outcome(string error, TimeSpan attemptTimeout) => new(error, Message(error, attemptTimeout));

    /// <summary>The outcome for what the HTTP client threw before it had the answer's headers.</summary>
    public static SendOutcome.NotAnswered Outcome(Exception failure, TimeSpan attemptTimeout)
    {
        var causes = Causes(failure).ToList();
        if (causes.OfType<AttemptFailedException>().FirstOrDefault() is { } recognized)
        {
            return Outcome(recognized.Error, attemptTimeout) with { Detail = recognized.Detail };
        }

        if (causes.OfType<CryptographicException>().Any(DemandsCertificate))
        {
            return new(SendError.TlsError, ClientCertificateDemanded);
        }

        return Outcome(causes.Select(ClassifyOne).FirstOrDefault(error => error is not null) ?? SendError.ConnectionClosed, attemptTimeout);
    }

    /// <summary>The outcome when the organization has so many attempts under way to the host that no more was begun.</summary>
    public static SendOutcome.NotAnswered TooManyUnderWay() => new(SendError.Timeout, TooManyAttemptsUnderWay);

    /// <summary>The outcome when a receiver pulled the delivery, and did not report what came of it.</summary>
    public static SendOutcome.NotAnswered LeaseEnded(TimeSpan lease) => new(
        SendError.Timeout,
        $"It was pulled, and no result was reported within {lease.TotalSeconds:0.###} s. Report each result when you have it, and pull "
        + "only as many deliveries as you can handle in that time.");

    /// <summary>The outcome when a receiver pulled the delivery, and reports that it did not work.</summary>
    /// <param name="error">What it says: a code of <see cref="SendError"/> for an attempt without an answer, or a text of its own.</param>
    /// <param name="attemptTimeout">For the message of <see cref="SendError.Timeout"/>.</param>
    public static SendOutcome.NotAnswered Reported(string error, TimeSpan attemptTimeout) =>
        SendError.OfNoAnswer.Contains(error) ? Outcome(error, attemptTimeout) : new(SendError.ReportedFailure, error);

    /// <summary>The code for a connection that was not made.</summary>
    public static string Classify(SocketError error) =>
        error == SocketError.ConnectionRefused ? SendError.ConnectionRefused : SendError.ConnectionFailed;

    private static IEnumerable<Exception> Causes(Exception failure)
    {
        for (var cause = failure; cause is not null; cause = cause.InnerException)
        {
            yield return cause;
        }
    }

    private static string? ClassifyOne(Exception cause) => cause switch
    {
        OperationCanceledException or TimeoutException => SendError.Timeout,
        AuthenticationException or CryptographicException => SendError.TlsError,
        HttpRequestException http => Classify(http.HttpRequestError),
        HttpIOException http => Classify(http.HttpRequestError),
        _ => null,
    };

    /// <summary>Null where the cause within may say more.</summary>
    private static string? Classify(HttpRequestError error) => error switch
    {
        HttpRequestError.ConnectionError => SendError.ConnectionFailed,
        HttpRequestError.SecureConnectionError => SendError.TlsError,
        HttpRequestError.ResponseEnded => SendError.ConnectionClosed,
        HttpRequestError.InvalidResponse or HttpRequestError.ConfigurationLimitExceeded => SendError.InvalidResponse,
        _ => null,
    };

    /// <summary>
    /// Whether the receiver said <c>certificate_required</c>, the alert that TLS 1.3 has for it (RFC 8446, 6.2). It comes after the
    /// handshake, when the answer is read. OpenSSL gives it as reason 1000 + 116 of its library 20. TLS 1.2 has no alert of its own for it.
    /// </summary>
    private static bool DemandsCertificate(CryptographicException failure) => failure.HResult == ((20 << 23) | 1116);

    private static string Message(string error, TimeSpan attemptTimeout) => error switch
    {
        SendError.Timeout =>
            $"No answer came within {attemptTimeout.TotalSeconds:0.###} s. Answer with a 2xx status first, and do the work afterwards.",
        SendError.DnsError =>
            "The URL's host name could not be resolved to public addresses only. Check its spelling and its DNS records.",
        SendError.ConnectionRefused =>
            "The server refused the connection. Check that it is running and listens on the URL's port.",
        SendError.ConnectionFailed =>
            "No connection to the server could be made. Check that it can be reached from the internet.",
        SendError.ConnectionClosed =>
            "The server closed the connection before it answered. Check its logs for a crash or a limit at the time of the attempt, "
            + "and that it "
            + "demands no client certificate.",
        SendError.TlsError =>
            "No secure connection could be made. Check that the server offers TLS 1.2 or later and demands no client certificate, and "
            + "that its "
            + "certificate is trusted, valid for the host name, not expired, and sent with its intermediate certificates.",
        SendError.InvalidResponse =>
            "The answer is not valid HTTP/1.1, or its headers are too large. Check what answers on the URL's port.",
        SendError.AddressNotAllowed =>
            "Webhooks may not be sent to this URL. Use one whose host is public, on a port for web traffic.",
        _ => throw new ArgumentOutOfRangeException(nameof(error), error, "Not a code of SendError."),
    };
}
