namespace Webhooks.Server.Local;

/// <summary>A local service cannot start or ended by itself. The message is one line for whoever started it, and says what to do.</summary>
internal sealed class LocalServicesException(string message) : Exception(message);
