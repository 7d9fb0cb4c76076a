namespace Webhooks.Core.Sending;

/// <summary>What came of one POST: an answer, or none.</summary>
public abstract record SendOutcome
{
    private SendOutcome()
    {
    }

    /// <summary>
    /// The receiver answered in time: status, headers, and all of the body or as much as is kept. Whatever becomes of the body, the status
    /// counts: the receiver had decided by then.
    /// </summary>
    /// <param name="Status">The HTTP status code.</param>
    /// <param name="Body">
    /// The beginning of the body, made safe for a PostgreSQL text column; empty when there was none. When the body broke off or did not end
    /// in time, the last line says so: <c>[cut off: …]</c>.
    /// </param>
    /// <param name="Wish">What its headers ask of the sender; null when they ask nothing.</param>
    public sealed record Answered(int Status, string Body, ReceiverWish? Wish = null) : SendOutcome
    {
        /// <summary>200 to 299 only: a redirect or 304 is a failure.</summary>
        public bool Success => Status is >= 200 and <= 299;

        /// <summary>
        /// Its headers, as much of them as is kept, when it was no success: those of a success explain nothing. Null otherwise, and where
        /// a receiver reports what it would have answered.
        /// </summary>
        public IReadOnlyDictionary<string, string>? Headers { get; init; }
    }

    /// <summary>No status came.</summary>
    /// <param name="Error">Why, as one of <see cref="SendError"/>'s codes.</param>
    /// <param name="Message">The same for a person, without internal addresses.</param>
    /// <param name="Detail">What only the operator's log may tell of it, and nothing stores; or null.</param>
    public sealed record NotAnswered(string Error, string Message, string? Detail = null) : SendOutcome;
}
