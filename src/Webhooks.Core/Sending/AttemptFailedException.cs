namespace Webhooks.Core.Sending;

/// <summary>Carries an error that was recognized inside the connection out through <c>HttpClient</c>'s layers.</summary>
/// <param name="error">One of <see cref="SendError"/>'s codes.</param>
/// <param name="inner">The cause, or null.</param>
internal sealed class AttemptFailedException(string error, Exception? inner = null) : Exception(error, inner)
{
    public string Error { get; } = error;
}
