namespace Webhooks.Server.Queue;

/// <summary>Which queues the listener uses, and how.</summary>
/// <param name="ConnectionString">The storage account's connection string.</param>
internal sealed record QueueListenerOptions(string ConnectionString)
{
    /// <summary>The queue that publishers put event messages on.</summary>
    public const string DefaultQueueName = "webhook-events";

    /// <summary>The queue of what could not be published.</summary>
    public const string DefaultPoisonQueueName = "webhook-events-poison";

    /// <inheritdoc cref="DefaultQueueName"/>
    public string QueueName { get; init; } = DefaultQueueName;

    /// <inheritdoc cref="DefaultPoisonQueueName"/>
    public string PoisonQueueName { get; init; } = DefaultPoisonQueueName;

    /// <summary>
    /// How long a received message is kept from others, unless that is renewed: the wait until the messages of a crashed server are read
    /// again. 1 s to 7 days.
    /// </summary>
    public TimeSpan Visibility { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a message is received that fails for a reason of its own that might pass.</summary>
    public int MaxReceives { get; init; } = 5;

    /// <summary>Messages received together, and published by one statement. 1 to 32, which is the storage service's limit.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>Batches in hand at once.</summary>
    public int MaxBatches { get; init; } = 4;
}
