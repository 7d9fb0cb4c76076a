using Azure.Storage.Queues.Models;

namespace Webhooks.Server.Queue;

/// <summary>A message that this server has received and not yet given back.</summary>
internal sealed class HeldMessage(QueueMessage message)
{
    /// <summary>Its id on the queue.</summary>
    public string Id => message.MessageId;

    /// <summary>Its text as the publisher wrote it.</summary>
    public BinaryData Body => message.Body;

    /// <summary>How often it has been received, this time included.</summary>
    public long Receives => message.DequeueCount;

    /// <summary>When it was put on the queue, UTC.</summary>
    public DateTimeOffset InsertedAt => message.InsertedOn!.Value;

    /// <summary>What shows that it is ours; a new one at each renewal.</summary>
    public string PopReceipt { get; set; } = message.PopReceipt;
}
