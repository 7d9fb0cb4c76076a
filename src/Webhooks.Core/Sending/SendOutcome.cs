namespace Webhooks.Core.Sending;

/// <summary>What came of one POST: an answer, or none.</summary>
public abstract record SendOutcome
{
    private SendOutcome()
    {
    }

    /// <summary>
    /// The receiver answered in time: status, headers, and all of the body or as much as is kept. When it broke the body off, its
    /// status counts all the same, since it had decided by then; a body that still comes when the time is over is a timeout.
    /// </summary>
    /// <param name="Status">The HTTP status code.</param>
    /// <param name="Body">The beginning of the body, made safe for a PostgreSQL text column; empty when there was none.</param>
    public sealed record Answered(int Status, string Body) : SendOutcome
    {
        /// <summary>200 to 299 only: a redirect or 304 is a failure.</summary>
        public bool Success => Status is >= 200 and <= 299;
    }

    /// <summary>No complete answer came.</summary>
    /// <param name="Error">Why, as one of <see cref="SendError"/>'s codes.</param>
    /// <param name="Message">The same for a person, without internal addresses.</param>
    /// <param name="Detail">What only the operator's log may tell of it, and nothing stores; or null.</param>
    public sealed record NotAnswered(string Error, string Message, string? Detail = null) : SendOutcome;
}
