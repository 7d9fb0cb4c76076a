namespace Webhooks.Core.Sending;

/// <summary>An error that was recognized inside the connection, on its way out through <c>HttpClient</c>'s layers.</summary>
/// <param name="error">One of <see cref="SendError"/>'s codes.</param>
/// <param name="inner">The cause, or null.</param>
/// <param name="detail">What only the operator may know of it, or null.</param>
internal sealed class AttemptFailedException(string error, Exception? inner = null, string? detail = null) : Exception(error, inner)
{
    public string Error { get; } = error;

    /// <summary>For the operator's log: it may tell what a name resolves to, but no full URL.</summary>
    public string? Detail { get; } = detail;
}
