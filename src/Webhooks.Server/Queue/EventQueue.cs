using Azure;
using Azure.Core;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;

namespace Webhooks.Server.Queue;

/// <summary>The storage queue of event messages, and the poison queue beside it.</summary>
internal sealed class EventQueue
{
    private static readonly TimeSpan _never = TimeSpan.FromSeconds(-1);

    private readonly QueueListenerOptions _options;
    private readonly QueueClient _messages;
    private readonly QueueClient _poison;

    /// <exception cref="FormatException">The connection string is none.</exception>
    public EventQueue(QueueListenerOptions options)
    {
        // None: what a publisher wrote is seen, and kept in the poison queue, as it was written.
        var client = new QueueClientOptions { MessageEncoding = QueueMessageEncoding.None };
        client.Retry.Mode = RetryMode.Exponential;
        client.Retry.MaxRetries = 2;
        client.Retry.Delay = TimeSpan.FromMilliseconds(100);
        client.Retry.NetworkTimeout = TimeSpan.FromSeconds(10);

        _options = options;
        _messages = new QueueClient(options.ConnectionString, options.QueueName, client);
        _poison = new QueueClient(options.ConnectionString, options.PoisonQueueName, client);
    }

    /// <summary>Whether an exception says that the storage service could not be used, whatever the reason.</summary>
    public static bool IsFailure(Exception exception) =>
        exception is RequestFailedException or OperationCanceledException
        || (exception is AggregateException several && several.InnerExceptions.All(IsFailure));

    /// <summary>Makes the queues that are missing.</summary>
    public async Task CreateAsync(CancellationToken cancellationToken)
    {
        await _messages.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
        await _poison.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
    }

    /// <summary>
    /// Receives a batch, or nothing when the queue is empty. Nobody else sees its messages for
    /// <see cref="QueueListenerOptions.Visibility"/>.
    /// </summary>
    public async Task<IReadOnlyList<HeldMessage>> ReceiveAsync(CancellationToken cancellationToken)
    {
        QueueMessage[] received = await _messages.ReceiveMessagesAsync(_options.BatchSize, _options.Visibility, cancellationToken);
        return [.. received.Select(message => new HeldMessage(message))];
    }

    /// <summary>Keeps a message from others for some time from now.</summary>
    /// <returns>False when it is no longer ours.</returns>
    public async Task<bool> RenewAsync(HeldMessage message, TimeSpan visibility, CancellationToken cancellationToken)
    {
        try
        {
            UpdateReceipt renewed = await _messages.UpdateMessageAsync(
                message.Id, message.PopReceipt, visibilityTimeout: visibility, cancellationToken: cancellationToken);
            message.PopReceipt = renewed.PopReceipt;
            return true;
        }
        catch (RequestFailedException lost) when (IsLost(lost))
        {
            return false;
        }
    }

    /// <summary>Removes a message that has been dealt with. When somebody else has received it meanwhile, that one removes it.</summary>
    public async Task DeleteAsync(HeldMessage message, CancellationToken cancellationToken)
    {
        try
        {
            await _messages.DeleteMessageAsync(message.Id, message.PopReceipt, cancellationToken);
        }
        catch (RequestFailedException lost) when (IsLost(lost))
        {
        }
    }

    /// <summary>Puts a message on the poison queue, where it stays until somebody removes it, and only then removes it here.</summary>
    public async Task MoveToPoisonAsync(HeldMessage message, CancellationToken cancellationToken)
    {
        await _poison.SendMessageAsync(message.Body, visibilityTimeout: null, timeToLive: _never, cancellationToken);
        await DeleteAsync(message, cancellationToken);
    }

    /// <summary>About how many messages there are on the queue, and how many on the poison queue.</summary>
    public async Task<(long Events, long Poison)> CountAsync(CancellationToken cancellationToken)
    {
        QueueProperties events = await _messages.GetPropertiesAsync(cancellationToken);
        QueueProperties poison = await _poison.GetPropertiesAsync(cancellationToken);
        return (events.ApproximateMessagesCountLong, poison.ApproximateMessagesCountLong);
    }

    /// <summary>Its time was up and somebody else has received it, or has removed it already.</summary>
    private static bool IsLost(RequestFailedException failure) =>
        failure.ErrorCode == QueueErrorCode.MessageNotFound || failure.ErrorCode == QueueErrorCode.PopReceiptMismatch;
}
