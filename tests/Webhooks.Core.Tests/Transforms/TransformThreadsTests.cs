using System.Globalization;
using Webhooks.Core.Transforms;

namespace Webhooks.Core.Tests.Transforms;

public sealed class TransformThreadsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_organization_with_many_slow_scripts_has_one_thread_and_others_do_not_wait_for_it()
    {
        using var threads = new TransformThreads();
        using var release = new ManualResetEventSlim();
        var (slow, other) = (Guid.NewGuid(), Guid.NewGuid());
        var began = 0;
        var held = Enumerable.Range(0, 100).Select(_ => threads.RunAsync(slow, Hold, Cancel)).ToArray();

        for (var run = 0; run < 100; run++)
        {
            Assert.Equal(run, await threads.RunAsync(other, () => run, Cancel));
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
    public async Task Scripts_give_way_to_whatever_else_wants_a_processor()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "A thread's place in the line is read as Linux shows it.");
        using var threads = new TransformThreads();

        var niceness = await threads.RunAsync(Guid.NewGuid(), NicenessOfThread, Cancel);

        Assert.Equal(Math.Min(19, NicenessOfThread() + 10), niceness);

        // The nineteenth field, of which the second is the last in parentheses (proc(5)).
        static int NicenessOfThread() => int.Parse(
            File.ReadAllText("/proc/thread-self/stat").Split(") ")[^1].Split(' ')[16], CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task What_is_given_up_before_its_turn_does_not_run()
    {
        using var threads = new TransformThreads();
        using var release = new ManualResetEventSlim();
        using var giveUp = new CancellationTokenSource();
        var org = Guid.NewGuid();
        var ran = false;
        var first = threads.RunAsync(org, () => { release.Wait(Cancel); return 1; }, Cancel);
        var second = threads.RunAsync(org, () => ran = true, giveUp.Token);

        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        release.Set();
        Assert.Equal(1, await first);
        Assert.Equal(2, await threads.RunAsync(org, () => 2, Cancel));
        Assert.False(ran);
    }

    [Fact]
    public async Task Scripts_without_an_end_of_one_organization_leave_those_of_others_their_time()
    {
        var endless = TransformCompiler.Compile("function handler(w) { for (;;) /^(a+)+$/.test('a'.repeat(40) + '!'); }", out _)!;
        var script = TransformCompiler.Compile("function handler(w) { return w; }", out _)!;
        var input = new TransformInput("user.created", """{"data":{}}""");
        using var runner = new TransformRunner(new WebhooksOptions());
        using var enough = new CancellationTokenSource();
        var (slow, other) = (Guid.NewGuid(), Guid.NewGuid());
        var held = Enumerable.Range(0, 1000).Select(_ => runner.RunAsync(slow, endless, input, enough.Token)).ToArray();

        for (var run = 0; run < 20; run++)
        {
            Assert.IsType<TransformOutcome.Changed>(await runner.RunAsync(other, script, input, Cancel));
        }

        Assert.Contains(held, task => !task.IsCompleted);
        await enough.CancelAsync();
        await Task.WhenAll(held).ContinueWith(_ => { }, Cancel, TaskContinuationOptions.None, TaskScheduler.Default);
    }
}
