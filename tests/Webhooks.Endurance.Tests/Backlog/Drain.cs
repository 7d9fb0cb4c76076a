using System.Diagnostics;

namespace Webhooks.Endurance.Tests.Backlog;

/// <summary>A watch over a backlog that becomes smaller.</summary>
/// <param name="server">The process that works it off.</param>
/// <param name="arrived">How many of its deliveries have arrived so far.</param>
internal sealed class Drain(int server, Func<int> arrived)
{
    private const int Slices = 10;

    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(2);

    private readonly List<(TimeSpan At, int Arrived)> _progress = [];

    /// <summary>From the first arrival to the last.</summary>
    public TimeSpan Duration => _progress[^1].At - _progress[0].At;

    /// <summary>The most memory that the process had in use, in bytes.</summary>
    public long MostMemory { get; private set; }

    /// <summary>Arrivals in each tenth of the time.</summary>
    public IReadOnlyList<int> ArrivedInSlices =>
        [.. Enumerable.Range(0, Slices).Select(slice => ArrivedAt(slice + 1) - ArrivedAt(slice))];

    /// <summary>Watches until everything has arrived.</summary>
    /// <exception cref="TimeoutException">Nothing more arrives, although something is left.</exception>
    public async Task WatchAsync(int deliveries, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        var lastProgress = clock.Elapsed;
        for (var before = 0; before < deliveries;)
        {
            await Task.Delay(_interval, cancellationToken);
            MostMemory = Math.Max(MostMemory, ProcessFigures.Resident(server));
            var now = arrived();
            if (now > before)
            {
                lastProgress = clock.Elapsed;
                _progress.Add((lastProgress, now));
            }
            else if (clock.Elapsed - lastProgress > _patience)
            {
                throw new TimeoutException($"{now} of {deliveries} deliveries have arrived, and no more for {_patience}.");
            }

            before = now;
        }
    }

    private int ArrivedAt(int slice)
    {
        var end = _progress[0].At + (Duration * slice / Slices);
        return _progress.Last(sample => sample.At <= end).Arrived;
    }
}
