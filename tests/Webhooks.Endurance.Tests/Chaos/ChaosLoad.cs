using System.Collections.Concurrent;
using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Webhooks.Client.Publishing;

namespace Webhooks.Endurance.Tests.Chaos;

/// <summary>
/// A load of events that are published over HTTP to either server and by the queue. Each has an id of its own and is published again,
/// anywhere, until it is accepted: so whatever became of a request that got no answer, the event is to be delivered once.
/// </summary>
internal sealed class ChaosLoad(Cluster cluster, string queues, IReadOnlyList<Guid> organizations, int seed)
{
    private const int HttpPublishers = 12;
    private const int QueuePublishers = 4;
    private const int LongestPauseMilliseconds = 200;

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _beforeRetry = TimeSpan.FromMilliseconds(50);

    private static readonly string[] _types = [
        .. Enumerable.Repeat("user.created", 6), .. Enumerable.Repeat("user.updated", 3), "user.deleted"];

    private readonly ConcurrentBag<AcceptedEvent> _accepted = [];
    private readonly QueueClient _queue = CreateQueue(queues);
    private readonly QueueClient _patientQueue = new(queues, QueuePublisher.DefaultQueueName);
    private volatile bool _isStopping;
    private Task _publishing = Task.CompletedTask;

    /// <summary>What was accepted so far.</summary>
    public IReadOnlyCollection<AcceptedEvent> Accepted => _accepted;

    public void Start() => _publishing = Task.WhenAll(
        Enumerable.Range(0, HttpPublishers + QueuePublishers)
            .Select(number =>
                PublishAsync(new Random(seed + number), number < HttpPublishers ? PublishOverHttpAsync : PublishByQueueAsync)));

    /// <summary>Begins no more events, and waits until those that were begun are accepted.</summary>
    public Task StopAsync()
    {
        _isStopping = true;
        return _publishing;
    }

    /// <summary>
    /// The number of events that the queue has taken and no server has published. That of a server that was stopped or killed just when it
    /// took it comes back after half a minute.
    /// </summary>
    public async Task<int> QueuedAsync(CancellationToken cancellationToken)
    {
        QueueProperties properties = await _patientQueue.GetPropertiesAsync(cancellationToken);
        return properties.ApproximateMessagesCount;
    }

    private static QueueClient CreateQueue(string connectionString)
    {
        // The load tries again by itself.
        var options = new QueueClientOptions
        {
            MessageEncoding = QueueMessageEncoding.None,
            Retry = { MaxRetries = 0, NetworkTimeout = _patience },
        };
        return new QueueClient(connectionString, QueuePublisher.DefaultQueueName, options);
    }

    private async Task PublishAsync(Random random, Func<AcceptedEvent, Random, CancellationToken, Task> publish)
    {
        while (!_isStopping)
        {
            var next = new AcceptedEvent(
                Guid.CreateVersion7(), organizations[random.Next(organizations.Count)], _types[random.Next(_types.Length)]);
            while (!await TryAsync(publish, next, random))
            {
                await Task.Delay(_beforeRetry);
            }

            _accepted.Add(next);
            await Task.Delay(random.Next(LongestPauseMilliseconds));
        }
    }

    private static async Task<bool> TryAsync(
        Func<AcceptedEvent, Random, CancellationToken, Task> publish, AcceptedEvent next, Random random)
    {
        using var limit = new CancellationTokenSource(_patience);
        try
        {
            await publish(next, random, limit.Token);
            return true;
        }
        catch (Exception away) when (
            away is HttpRequestException or IOException or RequestFailedException or OperationCanceledException)
        {
            // The server or the queue is away. It may have accepted the event all the same.
            return false;
        }
    }

    private Task PublishOverHttpAsync(AcceptedEvent next, Random random, CancellationToken cancellationToken) =>
        cluster.Api(random.Next(Cluster.Size), next.Organization).PublishAsync(next.Id, next.Type, new { }, cancellationToken);

    private Task PublishByQueueAsync(AcceptedEvent next, Random random, CancellationToken cancellationToken) =>
        new QueuePublisher(_queue).PublishAsync(
            new WebhookEvent(next.Organization, next.Type, new { }) { Id = next.Id.ToString() }, cancellationToken);
}
