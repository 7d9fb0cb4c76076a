using System.Text.Json;
using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;

namespace Webhooks.Client.Publishing;

/// <summary>A publisher of events that puts them on the platform's storage queue.</summary>
/// <remarks>
/// <code>
/// var publisher = new QueuePublisher(connectionString);
/// await publisher.PublishAsync(orgId, "user.created", new { UserId = user.Id, user.Email });
/// </code>
/// One object can be shared by all threads. What is on the queue is delivered even when the platform is down at the moment; an event that
/// it cannot accept (an unknown event type, for example) ends on the queue <c>webhook-events-poison</c>. To be told about that at once,
/// publish through <see cref="HttpPublisher"/>.
/// </remarks>
public sealed class QueuePublisher
{
    /// <summary>The queue that the platform reads.</summary>
    public const string DefaultQueueName = "webhook-events";

    private static readonly TimeSpan _never = TimeSpan.FromSeconds(-1);

    private readonly QueueClient _queue;

    /// <param name="connectionString">The storage account's connection string.</param>
    /// <param name="queueName">The queue that the platform reads.</param>
    public QueuePublisher(string connectionString, string queueName = DefaultQueueName)
        : this(new QueueClient(connectionString, queueName, new QueueClientOptions { MessageEncoding = QueueMessageEncoding.None }))
    {
    }

    /// <param name="queue">
    /// The queue, reached in any way that the storage library knows. Both of its message encodings are understood.
    /// </param>
    public QueuePublisher(QueueClient queue) => _queue = queue;

    /// <summary>The options that the data of events is serialized with; by default, property names are in snake_case.</summary>
    public JsonSerializerOptions DataOptions { get; init; } = EventJson.DataOptions;

    /// <summary>Publishes an event.</summary>
    /// <param name="orgId">The organization whose webhooks get it.</param>
    /// <param name="type">The event type, as in <c>user.created</c>.</param>
    /// <param name="data">What happened; it must serialize to a JSON object.</param>
    /// <returns>The event's id. When this throws, the event may be on the queue nevertheless: to try again without risking a second event,
    /// publish one <see cref="WebhookEvent"/> repeatedly.</returns>
    /// <exception cref="EventTooLargeException">The message would not fit into a queue message.</exception>
    /// <exception cref="RequestFailedException">The storage account refused it or could not be reached.</exception>
    public async Task<string> PublishAsync(Guid orgId, string type, object data, CancellationToken cancellationToken = default)
    {
        var webhookEvent = new WebhookEvent(orgId, type, data);
        await PublishAsync(webhookEvent, cancellationToken);
        return webhookEvent.Id;
    }

    /// <summary>Publishes an event. It is safe to publish the same one again.</summary>
    /// <exception cref="EventTooLargeException">The message would not fit into a queue message.</exception>
    /// <exception cref="RequestFailedException">The storage account refused it or could not be reached.</exception>
    public async Task PublishAsync(WebhookEvent webhookEvent, CancellationToken cancellationToken = default)
    {
        var json = EventJson.Write(webhookEvent, DataOptions, EventJson.CurrentTraceParent);
        if (json.Length > _queue.MessageMaxBytes)
        {
            throw new EventTooLargeException(json.Length, _queue.MessageMaxBytes);
        }

        var message = new BinaryData(json);
        try
        {
            await SendAsync(message, cancellationToken);
        }
        catch (RequestFailedException missing) when (missing.ErrorCode == QueueErrorCode.QueueNotFound)
        {
            await _queue.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
            await SendAsync(message, cancellationToken);
        }
    }

    private Task<Response<SendReceipt>> SendAsync(BinaryData message, CancellationToken cancellationToken) =>
        _queue.SendMessageAsync(message, visibilityTimeout: null, timeToLive: _never, cancellationToken);
}
