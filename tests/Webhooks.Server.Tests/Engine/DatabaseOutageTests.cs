using Webhooks.Server.Engine;
using Webhooks.Testing;

namespace Webhooks.Server.Tests.Engine;

public sealed class DatabaseOutageTests
{
    // A claim that was committed as the connection broke is nobody's until its lease ends, after the two together.
    private static readonly TimeSpan _attemptTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _leaseMargin = TimeSpan.FromSeconds(25);

    [Fact]
    public async Task A_restart_of_PostgreSQL_under_load_loses_nothing_and_repeats_nothing()
    {
        const int Webhooks = 30;
        const int Each = 100;
        var server = await PostgresServer.StartAsync();
        await using var receiver = await Receiver.StartAsync(async (_, context) => await Task.Delay(20, context.RequestAborted));
        await using var scene = await DeliveryScene.CreateAsync(server, _attemptTimeout);
        await scene.PublishAsync(await scene.AddWebhooksAsync(receiver, Webhooks), Each);
        var engine = await scene.StartEngineAsync(new EngineOptions { MaxInFlight = 64, LeaseMargin = _leaseMargin });
        await receiver.WaitForAsync(Webhooks * Each / 4);

        await server.StopAsync();
        await DeliveryScene.WaitUntilAsync(() => Task.FromResult(engine.Log.Count("the database fails") > 0));
        await server.StartAgainAsync();
        scene.ForgetConnections();

        await scene.WaitForAsync(Webhooks * Each, "status = 'succeeded' AND attempt_number = 1");
        Assert.Equal(Webhooks * Each, receiver.Requests.Count);
        Assert.Equal(Webhooks * Each, receiver.Requests.DistinctBy(request => request.Header("X-Webhook-Delivery")).Count());
        Assert.Equal(1, engine.Log.Count("the database fails"));
        Assert.Equal(1, engine.Log.Count("the database answers again"));
    }

    [Fact]
    public async Task After_a_failover_that_left_sessions_read_only_the_engine_goes_on_and_says_one_line_each_way()
    {
        const string Failures = "SELECT xact_rollback FROM pg_stat_database WHERE datname = current_database()";
        const int Events = 20;
        await using var receiver = await Receiver.StartAsync();
        await using var scene = await DeliveryScene.CreateAsync();
        var webhook = await scene.AddWebhookAsync(receiver.Url);
        var engine = await scene.StartEngineAsync();
        await scene.PublishAsync(webhook, Events);
        await scene.WaitForAsync(Events, "status = 'succeeded'");
        var database = await scene.QueryAsync<string>("SELECT current_database()::text");

        await scene.ExecuteAsync($"ALTER DATABASE {database} SET default_transaction_read_only = on");
        var failures = await scene.QueryAsync<long>(Failures);
        await scene.ExecuteAsync(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
        await scene.PublishAsync(webhook, Events);
        await DeliveryScene.WaitUntilAsync(async () => await scene.QueryAsync<long>(Failures) >= failures + 5);
        await scene.ExecuteAsync($"ALTER DATABASE {database} RESET default_transaction_read_only");

        await scene.WaitForAsync(2 * Events, "status = 'succeeded'");
        Assert.Equal(1, engine.Log.Count("the database fails"));
        await DeliveryScene.WaitUntilAsync(() => Task.FromResult(engine.Log.Count("the database answers again") == 1));
    }

    [Fact]
    public async Task Nothing_more_is_attempted_while_results_cannot_be_recorded()
    {
        const int Events = 50;
        var server = await PostgresServer.StartAsync();
        var first = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var others = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var requests = 0;
        await using var receiver = await Receiver.StartAsync(
            (_, _) => Interlocked.Increment(ref requests) == 1 ? first.Task : others.Task);
        await using var scene = await DeliveryScene.CreateAsync(server, attemptTimeout: TimeSpan.FromMinutes(1));
        await scene.PublishAsync(await scene.AddWebhookAsync(receiver.Url), Events);
        var engine = await scene.StartEngineAsync(new EngineOptions { MaxInFlightPerWebhook = 1, SlowAfter = DeliveryScene.Patience });
        await receiver.WaitForAsync(1);
        await scene.WaitForAsync(Events, "lease_token IS NOT NULL");
        await WaitUntilAnsweredAsync(scene);

        await server.StopAsync();
        first.SetResult();
        await DeliveryScene.WaitUntilAsync(() => Task.FromResult(engine.Lanes.Paused));
        others.SetResult();
        await server.StartAgainAsync();
        scene.ForgetConnections();

        await scene.WaitForAsync(Events, "status = 'succeeded' AND attempt_number = 1");
        var databaseStarted = await scene.QueryAsync<DateTime>("SELECT pg_postmaster_start_time()");

        // The second may have been on its way before it was known that the first cannot be recorded.
        Assert.InRange(receiver.Requests.Count(request => request.At < databaseStarted), 1, 2);
        Assert.Equal(Events, receiver.Requests.Count);
    }

    [Fact]
    public async Task What_waits_in_a_lane_through_an_outage_past_its_time_is_attempted_as_soon_as_the_outage_ends()
    {
        const int Events = 50;
        var server = await PostgresServer.StartAsync();
        var first = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var receiver = await Receiver.StartAsync((_, _) => first.Task);

        // A lease is much longer than the test waits, and it may be used for a few seconds.
        await using var scene = await DeliveryScene.CreateAsync(server, attemptTimeout: TimeSpan.FromHours(1));
        var options = new EngineOptions
        {
            MaxInFlightPerWebhook = 1,
            SlowAfter = DeliveryScene.Patience,
            LeaseMargin = TimeSpan.FromSeconds(12),
        };
        await scene.PublishAsync(await scene.AddWebhookAsync(receiver.Url), Events);
        var engine = await scene.StartEngineAsync(options);
        await receiver.WaitForAsync(1);
        await scene.WaitForAsync(Events, "lease_token IS NOT NULL");
        await WaitUntilAnsweredAsync(scene);
        var claimed = engine.Lanes.Now;

        await server.StopAsync();
        first.SetResult();
        await DeliveryScene.WaitUntilAsync(() => Task.FromResult(engine.Lanes.Paused));
        await DeliveryScene.WaitUntilAsync(
            () => Task.FromResult(engine.Lanes.Now - claimed > options.LeaseMargin - options.RecordingReserve));
        await server.StartAgainAsync();
        scene.ForgetConnections();

        await scene.WaitForAsync(Events, "status = 'succeeded' AND attempt_number = 1");
        Assert.Equal(Events, receiver.Requests.Count);
    }

    /// <summary>
    /// Waits until the engine has been sent what it claimed: a claim that it does not hear of is nobody's until its lease ends.
    /// </summary>
    private static Task WaitUntilAnsweredAsync(DeliveryScene scene) => DeliveryScene.WaitUntilAsync(async () =>
        await scene.QueryAsync<long>(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'")
        == 0);
}
