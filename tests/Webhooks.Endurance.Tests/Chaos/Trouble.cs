using System.Diagnostics;
using Webhooks.Testing;

namespace Webhooks.Endurance.Tests.Chaos;

/// <summary>The killing and restarting of what there is, in random order and at random moments, and when that was.</summary>
internal sealed class Trouble(Cluster cluster, PostgresServer postgres, AzuriteServer queue, Random random, Action<string> tell)
{
    private const int ShortestPauseMilliseconds = 500;
    private const int LongestPauseMilliseconds = 2500;
    private const int LongestAwayMilliseconds = 1500;

    private readonly Stopwatch _clock = new();

    /// <summary>When servers were killed: from just before the signal until they had ended.</summary>
    public List<Interval> Kills { get; } = [];

    /// <summary>When the database was away: from just before its end until it could be used again.</summary>
    public List<Interval> Outages { get; } = [];

    /// <summary>Makes trouble of every kind at least once, for at least some time, until the servers are ready after it.</summary>
    public async Task MakeAsync(TimeSpan duration, CancellationToken cancellationToken)
    {
        _clock.Start();
        Func<Task>[] kinds = [
            () => KillAsync(0), () => KillAsync(1), RestartDatabaseAsync, CrashDatabaseAsync, KillWithoutDatabaseAsync, RestartQueueAsync];
        for (var number = 0; number < kinds.Length || _clock.Elapsed < duration; number++)
        {
            if (number % kinds.Length == 0)
            {
                random.Shuffle(kinds);
            }

            await Task.Delay(random.Next(ShortestPauseMilliseconds, LongestPauseMilliseconds), cancellationToken);
            await kinds[number % kinds.Length]();
        }

        await cluster.WaitUntilReadyAsync();
    }

    private async Task KillAsync(int server)
    {
        Tell($"kill -9 of server {server}");
        await NoteAsync(Kills, () => cluster.KillAsync(server));
        await StayAwayAsync();
        await cluster.StartAsync(server);
    }

    private Task RestartDatabaseAsync()
    {
        Tell("PostgreSQL is restarted");
        return NoteAsync(Outages, async () =>
        {
            await postgres.StopAsync();
            await StayAwayAsync();
            await postgres.StartAgainAsync();
        });
    }

    private Task CrashDatabaseAsync()
    {
        Tell("kill -9 of PostgreSQL");
        return NoteAsync(Outages, async () =>
        {
            await postgres.CrashAsync();
            await StayAwayAsync();
            await postgres.StartAgainAsync();
        });
    }

    private async Task KillWithoutDatabaseAsync()
    {
        var server = random.Next(Cluster.Size);
        Tell($"kill -9 of PostgreSQL, and of server {server} while it is away");
        await NoteAsync(Outages, async () =>
        {
            await postgres.CrashAsync();
            await StayAwayAsync();
            await NoteAsync(Kills, () => cluster.KillAsync(server));
            await postgres.StartAgainAsync();
        });
        await cluster.StartAsync(server);
    }

    // In order: Azurite writes what it has accepted to disk only now and then, and when it stops.
    private async Task RestartQueueAsync()
    {
        Tell("the queue is restarted");
        await queue.StopAsync();
        await StayAwayAsync();
        await queue.StartAgainAsync();
    }

    private Task StayAwayAsync() => Task.Delay(random.Next(LongestAwayMilliseconds));

    private void Tell(string what) => tell($"{_clock.Elapsed:mm\\:ss\\.f} {what}");

    private static async Task NoteAsync(List<Interval> intervals, Func<Task> action)
    {
        var from = DateTimeOffset.UtcNow;
        await action();
        intervals.Add(new Interval(from, DateTimeOffset.UtcNow));
    }
}
