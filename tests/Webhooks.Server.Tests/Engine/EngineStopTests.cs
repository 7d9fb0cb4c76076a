using System.Diagnostics;
using Webhooks.Testing;

namespace Webhooks.Server.Tests.Engine;

public sealed class EngineStopTests
{
    [Fact]
    public async Task A_stopping_engine_finishes_what_is_under_way_and_gives_back_the_rest_at_once()
    {
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var receiver = await Receiver.StartAsync((_, _) => answer.Task);
        await using var scene = await DeliveryScene.CreateAsync();

        // One for each webhook: what waits for nothing but a slot is not parked, however long the receiver takes. Lanes of which nothing is
        // known yet have three quarters of the slots.
        await scene.PublishAsync(await scene.AddWebhooksAsync(receiver, count: 20));
        var first = await scene.StartEngineAsync(
            new() { MaxInFlight = 8, SlowAfter = DeliveryScene.Patience, DrainTimeout = DeliveryScene.Patience });
        await receiver.WaitForAsync(6);
        await scene.WaitForAsync(20, "lease_token IS NOT NULL");

        var stopping = first.StopAsync();
        await scene.WaitForAsync(14, "lease_token IS NULL AND lease_until IS NULL");
        await scene.StartEngineAsync();
        await receiver.WaitForAsync(20);
        Assert.False(stopping.IsCompleted);

        answer.SetResult();
        await stopping.WaitAsync(DeliveryScene.Patience, TestContext.Current.CancellationToken);
        await scene.WaitForAsync(20, "status = 'succeeded' AND attempt_number = 1");
        Assert.Equal(20, receiver.Requests.Count);
    }

    [Fact]
    public async Task An_attempt_that_does_not_end_in_time_is_aborted_and_given_back()
    {
        await using var receiver = await Receiver.StartAsync((_, context) => Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted));
        await using var scene = await DeliveryScene.CreateAsync();
        await scene.PublishAsync(await scene.AddWebhookAsync(receiver.Url), count: 3);
        var engine = await scene.StartEngineAsync(new() { DrainTimeout = TimeSpan.FromMilliseconds(200) });
        await receiver.WaitForAsync(3);

        await engine.StopAsync().WaitAsync(DeliveryScene.Patience, TestContext.Current.CancellationToken);

        Assert.Equal(
            3, await scene.CountAsync("status = 'pending' AND attempt_number = 0 AND lease_token IS NULL AND lease_until IS NULL"));
        Assert.Equal(1, engine.Log.Count("aborted: 3"));
    }

    [Fact]
    public async Task An_idle_engine_stops_at_once()
    {
        await using var scene = await DeliveryScene.CreateAsync();
        var engine = await scene.StartEngineAsync(new() { DrainTimeout = TimeSpan.FromMinutes(10) });
        await DeliveryScene.WaitUntilAsync(() => Task.FromResult(engine.Log.Count("engine started") == 1));

        await engine.StopAsync().WaitAsync(DeliveryScene.Patience, TestContext.Current.CancellationToken);

        Assert.Equal(1, engine.Log.Count("engine stopped"));
    }

    [Fact]
    public async Task A_listening_connection_that_has_gone_silent_does_not_hold_up_the_end()
    {
        await using var scene = await DeliveryScene.CreateAsync();
        var engine = await scene.StartEngineAsync(
            new() { DrainTimeout = TimeSpan.FromMilliseconds(200), FinishTimeout = TimeSpan.FromMilliseconds(200) });
        const string Listener = "FROM pg_stat_activity WHERE datname = current_database() AND query = 'LISTEN webhook_deliveries'";
        await DeliveryScene.WaitUntilAsync(async () => await scene.QueryAsync<long>($"SELECT count(*) {Listener} AND state = 'idle'") == 1);
        var backend = await scene.QueryAsync<int>($"SELECT pid {Listener}");

        await SignalAsync("STOP", backend);
        try
        {
            // Less than what a statement may take that nobody ends.
            await engine.StopAsync().WaitAsync(TimeSpan.FromSeconds(25), TestContext.Current.CancellationToken);
        }
        finally
        {
            await SignalAsync("CONT", backend);
        }

        Assert.Equal(1, engine.Log.Count("engine stopped"));
    }

    private static async Task SignalAsync(string signal, int process)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{process}"]);
        await kill.WaitForExitAsync();
        Assert.Equal(0, kill.ExitCode);
    }
}
