namespace Webhooks.Server.Commands;

/// <summary>The server cannot listen where it should. The message is one line that says why and what to do.</summary>
internal sealed class CannotListenException(string message) : Exception(message);
