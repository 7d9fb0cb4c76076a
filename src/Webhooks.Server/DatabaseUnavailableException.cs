namespace Webhooks.Server;

/// <summary>The database cannot be used. The message is one line that says which one, why, and what to do; never a password.</summary>
internal sealed class DatabaseUnavailableException(string message, Exception inner) : Exception(message, inner);
