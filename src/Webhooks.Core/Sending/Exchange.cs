namespace Webhooks.Core.Sending;

/// <summary>
/// What is seen of one request on the connection that it is sent on. See <see cref="ObservedConnection"/>, which writes it.
/// </summary>
internal sealed class Exchange
{
    private static readonly AsyncLocal<Exchange?> _current = new();

    private bool _onUsedConnection;

    private volatile bool _isAnswerBegun;

    /// <summary>The exchange that the code under way sends the request of. The HTTP client writes a request in its caller's flow.</summary>
    public static Exchange? Current
    {
        get => _current.Value;
        set => _current.Value = value;
    }

    /// <summary>
    /// Whether the request was written to a connection that had served others before, and not a byte of an answer came. If such a
    /// connection breaks, the receiver was most likely just closing it, as it may at any time (RFC 9112, 9.5), and has not read the
    /// request.
    /// </summary>
    public bool IsUnansweredOnUsedConnection => _onUsedConnection && !_isAnswerBegun;

    /// <summary>The first bytes of the request are about to be written.</summary>
    public void Begin(bool onUsedConnection)
    {
        _onUsedConnection = onUsedConnection;
        _isAnswerBegun = false;
    }

    /// <summary>A byte of the answer came.</summary>
    public void AnswerBegins() => _isAnswerBegun = true;
}
