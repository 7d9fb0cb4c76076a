using System.Diagnostics;

namespace Webhooks.Endurance.Tests.Backlog;

/// <summary>A watch over a backlog that becomes smaller.</summary>
/// <param name="server">The process that works it off.</param>
/// <param name="arrived">How many of its deliveries have arrived so far.</param>
internal sealed class Drain(int server, Func<int> arrived)
{
    private const int Parts = 10;

    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(2);

    private readonly List<(TimeSpan At, int Arrived)> _progress = [];

    /// <summary>From the first arrival to the last.</summary>
    public TimeSpan Duration => _progress[^1].At - _progress[0].At;

    /// <summary>The most memory that the process had in use, in bytes.</summary>
    public long MostMemory { get; private set; }

    /// <summary>The time that each tenth of the deliveries took.</summary>
    public IReadOnlyList<TimeSpan> DurationOfParts =>
        [.. Enumerable.Range(0, Parts).Select(part => TimeOf(part + 1) - TimeOf(part))];

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

    /// <summary>When so many tenths had arrived.</summary>
    private TimeSpan TimeOf(int parts) =>
        _progress.First(sample => (long)sample.Arrived * Parts >= (long)_progress[^1].Arrived * parts).At;
}
