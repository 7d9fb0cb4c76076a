using Webhooks.Testing;

namespace Webhooks.Server.Tests.Engine;

public sealed class DeliveryIntakeTests
{
    [Fact]
    public async Task A_server_attempts_what_it_stores_without_claiming_it()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var scene = await DeliveryScene.CreateAsync();
        var engine = await scene.StartEngineAsync();
        var webhooks = await scene.AddWebhooksAsync(receiver, 5);

        // Until an engine has seen which webhooks are paused, it takes nothing in.
        await scene.PublishAsync(webhooks, 1, engine.Publisher);
        await scene.WaitForAsync(5, "status = 'succeeded'");

        // A claim of anyone else's would have to change the row.
        await scene.ExecuteAsync("""
            CREATE FUNCTION forbid() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''claimed''; END';
            CREATE TRIGGER forbid BEFORE UPDATE ON webhook_deliveries FOR EACH ROW
                WHEN (NEW.status = 'pending' AND NEW.lease_token IS NOT NULL) EXECUTE FUNCTION forbid();
            """);
        await scene.PublishAsync(webhooks, 20, engine.Publisher);

        await scene.WaitForAsync(105, "status = 'succeeded' AND attempt_number = 1");
        Assert.Equal(105, receiver.Requests.Count);
    }

    [Fact]
    public async Task More_than_there_is_room_for_is_delivered_all_the_same()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var scene = await DeliveryScene.CreateAsync();
        var engine = await scene.StartEngineAsync(new() { MaxInFlight = 8 });
        var webhooks = await scene.AddWebhooksAsync(receiver, 10);

        await scene.PublishAsync(webhooks, 100, engine.Publisher);

        await scene.WaitForAsync(1000, "status = 'succeeded' AND attempt_number = 1");
        Assert.Equal(1000, receiver.Requests.Count);
    }

    [Fact]
    public async Task New_events_do_not_wait_for_a_backlog()
    {
        const int Backlog = 2000;
        using var held = new SemaphoreSlim(0);
        await using var receiver = await Receiver.StartAsync(async (request, context) =>
        {
            if (request.Path == "/0")
            {
                await held.WaitAsync(context.RequestAborted);
            }
        });
        await using var scene = await DeliveryScene.CreateAsync();
        var webhooks = await scene.AddWebhooksAsync(receiver, 2);
        await scene.PublishAsync(webhooks[0], Backlog);
        var engine = await scene.StartEngineAsync(new() { MaxInFlight = 16, SlowAfter = DeliveryScene.Patience });
        await receiver.WaitForAsync(4);

        await scene.PublishAsync([webhooks[1]], 10, engine.Publisher);

        await scene.WaitForAsync(10, $"webhook_id = '{webhooks[1].Id}' AND status = 'succeeded'");
        Assert.Equal(Backlog, await scene.CountAsync("status = 'pending'"));
        held.Release(Backlog);
        await scene.WaitForAsync(Backlog + 10, "status = 'succeeded'");
    }

    [Fact]
    public async Task What_is_stored_after_the_engine_has_stopped_is_left_to_others()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var scene = await DeliveryScene.CreateAsync();
        var engine = await scene.StartEngineAsync();
        var webhook = await scene.AddWebhookAsync(receiver.Url);
        await engine.StopAsync();

        await scene.PublishAsync([webhook], 10, engine.Publisher);

        Assert.Equal(10, await scene.CountAsync("status = 'pending' AND lease_token IS NULL AND lease_until IS NULL"));
        await scene.StartEngineAsync();
        await scene.WaitForAsync(10, "status = 'succeeded'");
    }
}
