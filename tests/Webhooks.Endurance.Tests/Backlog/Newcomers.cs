using System.Collections.Concurrent;
using System.Diagnostics;
using Webhooks.Testing;

namespace Webhooks.Endurance.Tests.Backlog;

/// <summary>New events, of which a few are published each second, and the time after its acceptance at which each arrives.</summary>
/// <param name="api">Their organization.</param>
/// <param name="eventType">Their event type.</param>
internal sealed class Newcomers(WebhooksApi api, string eventType)
{
    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<string, TaskCompletionSource<long>> _arrivals = [];
    private readonly List<Task<TimeSpan>> _delays = [];

    /// <summary>The delays, all there once all have arrived, shortest first.</summary>
    public async Task<IReadOnlyList<TimeSpan>> DelaysAsync() => [.. (await Task.WhenAll(_delays)).Order()];

    /// <summary>A request has arrived; other events' are passed over.</summary>
    /// <param name="eventId">Its <c>webhook-id</c>.</param>
    public void Arrived(string eventId)
    {
        if (_arrivals.TryGetValue(eventId, out var arrival))
        {
            arrival.TrySetResult(Stopwatch.GetTimestamp());
        }
    }

    /// <summary>Publishes until it is stopped.</summary>
    public async Task PublishAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(_interval);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping))
            {
                _delays.Add(await PublishOneAsync());
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // That is how it ends.
        }
    }

    /// <returns>Its delay, once it has arrived.</returns>
    private async Task<Task<TimeSpan>> PublishOneAsync()
    {
        var id = Guid.CreateVersion7();
        var arrival = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        _arrivals[id.ToString()] = arrival;
        await api.PublishAsync(id, eventType, new { }, CancellationToken.None);
        return DelayAsync(arrival.Task, Stopwatch.GetTimestamp());
    }

    private static async Task<TimeSpan> DelayAsync(Task<long> arrival, long accepted)
    {
        // It may arrive before the publisher has seen that it was accepted.
        var arrived = await arrival;
        return arrived > accepted ? Stopwatch.GetElapsedTime(accepted, arrived) : TimeSpan.Zero;
    }
}
