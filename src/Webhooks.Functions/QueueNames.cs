namespace Webhooks.Functions;

/// <summary>The queues of the app's storage account. They exist before the app starts: a queue trigger does not make its queue.</summary>
internal static class QueueNames
{
    /// <summary>Event messages from publishers.</summary>
    public const string Events = "webhook-events";

    /// <summary>
    /// Event messages that can never be accepted, or that failed five times for no fault of the database. The host chooses the name.
    /// </summary>
    public const string EventsPoison = Events + "-poison";

    /// <summary>Fan-out messages: deliveries to start.</summary>
    public const string Deliveries = "webhook-deliveries";
}
