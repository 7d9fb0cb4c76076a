using System.Collections.Concurrent;
using System.Diagnostics;
using Webhooks.Core.Transforms;
using Webhooks.Testing;

namespace Webhooks.Core.Tests.Transforms;

public sealed class TransformThreadsTests
{
    private static readonly TransformScript _endless =
        TransformCompiler.Compile("function handler(w) { for (;;) /^(a+)+$/.test('a'.repeat(40) + '!'); }", out _)!;

    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan _slow = TimeSpan.FromMilliseconds(8);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_organization_with_many_slow_scripts_has_one_thread_and_others_do_not_wait_for_it()
    {
        using var threads = new TransformThreads();
        using var release = new ManualResetEventSlim();
        var (slow, other) = (Guid.NewGuid(), Guid.NewGuid());
        var began = 0;
        var held = Enumerable.Range(0, 100).Select(_ => threads.RunAsync(slow, Hold, _patience, Cancel)).ToArray();

        for (var run = 0; run < 100; run++)
        {
            Assert.Equal(run, await threads.RunAsync(other, () => run, _patience, Cancel));
        }

        Assert.True(Volatile.Read(ref began) <= 1);
        Assert.All(held, task => Assert.False(task.IsCompleted));
        release.Set();
        await Task.WhenAll(held);

        bool Hold()
        {
            Interlocked.Increment(ref began);
            release.Wait(Cancel);
            return true;
        }
    }

    [Fact]
    public async Task What_is_given_up_before_its_turn_does_not_run()
    {
        using var threads = new TransformThreads();
        using var release = new ManualResetEventSlim();
        using var giveUp = new CancellationTokenSource();
        var org = Guid.NewGuid();
        var ran = false;
        var first = threads.RunAsync(org, () => { release.Wait(Cancel); return 1; }, _patience, Cancel);
        var second = threads.RunAsync(org, () => ran = true, _patience, giveUp.Token);

        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        release.Set();
        Assert.Equal(1, await first);
        Assert.Equal(2, await threads.RunAsync(org, () => 2, _patience, Cancel));
        Assert.False(ran);
    }

    [Fact]
    public async Task Scripts_without_an_end_of_one_organization_leave_those_of_others_their_time()
    {
        var script = TransformCompiler.Compile("function handler(w) { return w; }", out _)!;
        var input = new TransformInput("user.created", """{"data":{}}""");
        using var runner = new TransformRunner(new WebhooksOptions());
        using var enough = new CancellationTokenSource();
        var (slow, other) = (Guid.NewGuid(), Guid.NewGuid());
        var held = Enumerable.Range(0, 1000).Select(_ => runner.RunAsync(slow, _endless, input, enough.Token)).ToArray();

        for (var run = 0; run < 20; run++)
        {
            Assert.IsType<TransformOutcome.Changed>(await runner.RunAsync(other, script, input, Cancel));
        }

        Assert.Contains(held, task => !task.IsCompleted);
        await enough.CancelAsync();
        await Task.WhenAll(held).ContinueWith(_ => { }, Cancel, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    [Fact]
    public async Task Slow_scripts_of_all_organizations_together_have_a_hundredth_of_the_processors()
    {
        using var threads = new TransformThreads();
        var organizations = new[] { Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid() };
        var took = TimeSpan.FromMilliseconds(10);
        var began = Stopwatch.GetTimestamp();

        await Task.WhenAll(organizations.SelectMany(
            org => Enumerable.Range(0, 4).Select(_ => threads.RunAsync(org, () => Spin(took), _patience, Cancel))));

        // Nobody waits for the rest after the last.
        var rests = (12 - 1) * 100 * took / Environment.ProcessorCount;
        Assert.InRange(Stopwatch.GetElapsedTime(began), rests, TimeSpan.MaxValue);
    }

    [Fact]
    public async Task Organizations_with_quick_scripts_do_not_wait_for_the_rest_of_slow_ones()
    {
        using var threads = new TransformThreads();

        await RunManyBesideSlowOnesAsync(threads, Guid.NewGuid());
    }

    [Fact]
    public async Task A_quick_run_ends_the_rests_of_its_organization()
    {
        using var threads = new TransformThreads();
        var mended = Guid.NewGuid();
        await threads.RunAsync(mended, () => Spin(TimeSpan.FromMilliseconds(20)), _patience, Cancel);
        await threads.RunAsync(mended, () => true, _patience, Cancel);

        await RunManyBesideSlowOnesAsync(threads, mended);
    }

    [Fact]
    public async Task The_interpreter_is_compiled_before_the_first_script_runs()
    {
        var prepared = 0;
        using var threads = new TransformThreads(() => Interlocked.Increment(ref prepared));

        var seen = await Task.WhenAll(Enumerable.Range(0, 10).Select(
            _ => threads.RunAsync(Guid.NewGuid(), () => Volatile.Read(ref prepared), _patience, Cancel)));

        Assert.All(seen, times => Assert.Equal(1, times));
    }

    [Fact]
    public async Task What_compiles_the_interpreter_is_a_script_that_comes_to_its_end()
    {
        TransformOutcome? outcome = null;

        // It runs out of time while nothing is compiled, and compiles a part of it each time.
        await Eventually.HoldsAsync(
            () => (outcome = TransformRun.Run(TransformWarmUp.Script, TransformWarmUp.Input, mostBytes: 10_000)) is not null,
            () => "It runs out of time.",
            Cancel);

        Assert.IsType<TransformOutcome.Changed>(outcome);
    }

    [Fact]
    public async Task A_run_that_does_not_get_its_turn_is_told_so_and_does_not_run()
    {
        using var threads = new TransformThreads();
        using var release = new ManualResetEventSlim();
        var org = Guid.NewGuid();
        var ran = false;
        var first = threads.RunAsync(org, () => { release.Wait(Cancel); return 1; }, _patience, Cancel);

        await Assert.ThrowsAsync<TransformsBusyException>(() => threads.RunAsync(org, () => ran = true, TimeSpan.Zero, Cancel));

        release.Set();
        Assert.Equal(2, await threads.RunAsync(Guid.NewGuid(), () => 2, _patience, Cancel));
        Assert.Equal(3, await threads.RunAsync(org, () => 3, _patience, Cancel));
        Assert.False(ran);
        Assert.Equal(1, await first);
    }

    [Fact]
    public async Task What_turns_out_to_be_slow_rests_before_it_runs_once_more()
    {
        using var threads = new TransformThreads();
        var (took, runs) = (TimeSpan.FromMilliseconds(20), 0);
        var began = Stopwatch.GetTimestamp();

        var result = await threads.RunAsync(
            Guid.NewGuid(), () => Spin(took) && ++runs == 3 ? "third" : null, _patience, Cancel);

        Assert.Equal("third", result);
        Assert.InRange(Stopwatch.GetElapsedTime(began), (runs - 1) * 100 * took / Environment.ProcessorCount, TimeSpan.MaxValue);
    }

    [Fact]
    public async Task What_runs_out_of_time_without_being_slow_runs_once_more_at_once()
    {
        using var threads = new TransformThreads();
        var (org, runs) = (Guid.NewGuid(), 0);

        var first = threads.RunAsync(org, () => ++runs == 3 ? "first" : null, _patience, Cancel);
        var second = threads.RunAsync(org, () => runs, _patience, Cancel);

        Assert.Equal("first", await first);
        Assert.Equal(3, await second);
    }

    [Fact]
    public async Task Each_turn_of_slow_scripts_brings_one_to_its_end()
    {
        using var threads = new TransformThreads();
        var ran = new ConcurrentQueue<int>();
        var organizations = new[] { Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid() };
        await Task.WhenAll(organizations.Select(org => threads.RunAsync(org, () => Spin(_slow), _patience, Cancel)));

        await Task.WhenAll(organizations.Select((org, number) =>
        {
            var runs = 0;
            return threads.RunAsync(org, () => Run(number) && ++runs == 3 ? "done" : null, _patience, Cancel);
        }));

        Assert.Equal(9, ran.Count);
        Assert.All(ran.Chunk(3), turn => Assert.Single(turn.Distinct()));

        bool Run(int number)
        {
            ran.Enqueue(number);
            return Spin(_slow);
        }
    }

    [Fact]
    public async Task A_script_that_runs_out_of_time_comes_to_its_end_however_short_patience_is_after_it_began()
    {
        using var runner = new TransformRunner(new WebhooksOptions());

        var first = runner.RunAsync(Guid.NewGuid(), _endless, new TransformInput("user.created", """{"data":{}}"""), Cancel);
        runner.Patience = TimeSpan.Zero;

        Assert.IsType<TransformOutcome.Failed>(await first);
    }

    /// <summary>Quick scripts of an organization are all done before the slow ones of another that began before them.</summary>
    private static async Task RunManyBesideSlowOnesAsync(TransformThreads threads, Guid quick)
    {
        using var enough = new CancellationTokenSource();
        var slow = Guid.NewGuid();
        var waiting = Enumerable.Range(0, 1000)
            .Select(_ => threads.RunAsync(slow, () => Spin(TimeSpan.FromMilliseconds(50)), _patience, enough.Token)).ToArray();
        await waiting[0];

        for (var run = 0; run < 1000; run++)
        {
            Assert.Equal(run, await threads.RunAsync(quick, () => run, _patience, Cancel));
        }

        Assert.Contains(waiting, task => !task.IsCompleted);
        await enough.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(waiting));
    }

    /// <summary>Keeps a processor busy for a time.</summary>
    private static bool Spin(TimeSpan time)
    {
        var began = ThreadTime.Now();
        while (ThreadTime.Now() - began < time)
        {
        }

        return true;
    }
}
