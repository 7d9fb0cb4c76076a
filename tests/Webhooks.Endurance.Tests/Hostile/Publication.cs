using System.Collections.Concurrent;
using System.Diagnostics;

namespace Webhooks.Endurance.Tests.Hostile;

/// <summary>An event, when it was accepted, and when it arrived at each of the receivers that are well.</summary>
/// <param name="receivers">How many those are.</param>
internal sealed class Publication(int receivers)
{
    private readonly ConcurrentQueue<long> _arrivals = [];
    private readonly TaskCompletionSource _everywhere = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _missing = receivers;
    private long _accepted;

    /// <summary>Completes when it has arrived everywhere.</summary>
    public Task Everywhere => _everywhere.Task;

    /// <summary>The time from its acceptance to each arrival.</summary>
    public IEnumerable<TimeSpan> Delays => _arrivals.Select(arrival => Stopwatch.GetElapsedTime(Math.Min(_accepted, arrival), arrival));

    public void Accepted() => _accepted = Stopwatch.GetTimestamp();

    public void Arrived()
    {
        _arrivals.Enqueue(Stopwatch.GetTimestamp());
        if (Interlocked.Decrement(ref _missing) == 0)
        {
            _everywhere.SetResult();
        }
    }
}
