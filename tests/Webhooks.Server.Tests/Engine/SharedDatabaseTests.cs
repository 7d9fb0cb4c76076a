using Webhooks.Testing;

namespace Webhooks.Server.Tests.Engine;

public sealed class SharedDatabaseTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Engines_on_one_database_share_the_work_and_deliver_nothing_twice()
    {
        const int Engines = 3;
        const int Webhooks = 20;
        const int Each = 100;
        await using var receiver = await Receiver.StartAsync(async (_, context) => await Task.Delay(1, context.RequestAborted));
        await using var scene = await DeliveryScene.CreateAsync();
        var webhooks = await scene.AddWebhooksAsync(receiver, Webhooks);
        var engines = new List<RunningEngine>();
        for (var engine = 0; engine < Engines; engine++)
        {
            engines.Add(await scene.StartEngineAsync(new() { MaxInFlight = 16 }));
        }

        await scene.PublishAsync(webhooks, Each);

        await scene.WaitForAsync(Webhooks * Each, "status = 'succeeded' AND attempt_number = 1");
        Assert.Equal(Webhooks * Each, receiver.Requests.Count);
        Assert.Equal(Webhooks * Each, receiver.Requests.DistinctBy(request => request.Header("X-Webhook-Delivery")).Count());
        Assert.All(engines, engine => Assert.NotEqual(0, engine.Log.Count("succeeded")));
    }

    [Fact]
    public async Task What_a_dead_engine_had_claimed_is_taken_over_when_its_lease_ends()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var scene = await DeliveryScene.CreateAsync();
        await scene.PublishAsync(await scene.AddWebhookAsync(receiver.Url), count: 5);
        var claimedByTheDead = await scene.Deliveries.ClaimDueAsync(limit: 5, TimeSpan.FromSeconds(2), Token);
        Assert.Equal(5, claimedByTheDead.Count);

        await scene.StartEngineAsync();

        await scene.WaitForAsync(5, "status = 'succeeded'");
        Assert.Equal(5, receiver.Requests.Count);
    }

    [Fact]
    public async Task A_result_that_comes_after_the_lease_was_lost_is_not_recorded()
    {
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var receiver = await Receiver.StartAsync((_, _) => answer.Task);
        await using var scene = await DeliveryScene.CreateAsync();
        await scene.PublishAsync(await scene.AddWebhookAsync(receiver.Url));
        var engine = await scene.StartEngineAsync();
        await receiver.WaitForAsync(1);

        await scene.ExecuteAsync("UPDATE webhook_deliveries SET lease_token = gen_random_uuid()");
        answer.SetResult();

        await DeliveryScene.WaitUntilAsync(() => Task.FromResult(engine.Log.Count("after the lease was lost") == 1));
        Assert.Equal(1, await scene.CountAsync("status = 'pending' AND attempt_number = 0 AND lease_token IS NOT NULL"));
    }
}
