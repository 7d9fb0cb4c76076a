using Webhooks.Client.Publishing;
using Webhooks.Testing;

namespace Webhooks.Endurance.Tests.Soak;

/// <summary>
/// A load of a constant number of events each second, over HTTP and a few by the queue, with a look at the history now and then.
/// </summary>
internal sealed class SteadyLoad : IAsyncDisposable
{
    private const int HttpPublishers = 14;
    private const int QueuePublishers = 1;

    private static readonly TimeSpan _publishInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan _readInterval = TimeSpan.FromMilliseconds(100);

    private readonly WebhooksApi _api;
    private readonly QueuePublisher _queue;
    private readonly Guid _organization;
    private readonly IReadOnlyList<Guid> _webhooks;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _running;
    private int _published;
    private int _reads;

    private SteadyLoad(WebhooksApi api, string queues, Guid organization, IReadOnlyList<Guid> webhooks)
    {
        _api = api;
        _queue = new QueuePublisher(queues);
        _organization = organization;
        _webhooks = webhooks;
        _running = Task.WhenAll([
            .. Enumerable.Repeat(0, HttpPublishers).Select(_ => RepeatAsync(_publishInterval, PublishOverHttpAsync)),
            .. Enumerable.Repeat(0, QueuePublishers).Select(_ => RepeatAsync(_publishInterval, PublishByQueueAsync)),
            RepeatAsync(_readInterval, ReadHistoryAsync),
        ]);
    }

    /// <summary>Events published so far.</summary>
    public int Published => Volatile.Read(ref _published);

    /// <summary>Starts.</summary>
    /// <param name="api">The server; the load's from now on.</param>
    /// <param name="queues">The storage account.</param>
    /// <param name="organization">Who publishes.</param>
    /// <param name="webhooks">Whose history is read.</param>
    public static SteadyLoad Start(WebhooksApi api, string queues, Guid organization, IReadOnlyList<Guid> webhooks) =>
        new(api, queues, organization, webhooks);

    /// <summary>Ends it, with its connections.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        _stopping.Dispose();
        _api.Dispose();
    }

    private async Task RepeatAsync(TimeSpan interval, Func<Task> action)
    {
        using var timer = new PeriodicTimer(interval);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                await action();
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // That is how it ends.
        }
    }

    private async Task PublishOverHttpAsync() => await _api.PublishAsync(Interlocked.Increment(ref _published));

    private async Task PublishByQueueAsync() =>
        await _queue.PublishAsync(_organization, "user.created", new { Number = Interlocked.Increment(ref _published) });

    private Task ReadHistoryAsync() => HistoryPages.ReadAsync(_api, _webhooks[_reads++ % _webhooks.Count]);
}
