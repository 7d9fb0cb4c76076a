using Webhooks.Testing;

namespace Webhooks.Server.Tests.Engine;

public sealed class FairnessTests
{
    private const string ToHangers = "webhook_id IN (SELECT id FROM webhooks WHERE url LIKE '%/hang')";
    private const string ToOthers = "webhook_id IN (SELECT id FROM webhooks WHERE url NOT LIKE '%/hang')";
    private const string Parked = "lease_token IS NULL AND lease_until > now()";

    [Fact]
    public async Task A_backlog_for_hanging_receivers_delays_nobody_else_and_drains_when_they_recover()
    {
        const int Hangers = 5;
        const int Backlog = 300;
        const int Healthy = 50;
        const int Each = 20;
        var recovered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var receiver = await Receiver.StartAsync(async (request, context) =>
        {
            if (request.Path == "/hang")
            {
                await recovered.Task.WaitAsync(context.RequestAborted);
            }
        });
        await using var scene = await DeliveryScene.CreateAsync();
        for (var hanger = 0; hanger < Hangers; hanger++)
        {
            await scene.PublishAsync(await scene.AddWebhookAsync($"{receiver.Url}/hang"), Backlog);
        }

        await scene.PublishAsync(await scene.AddWebhooksAsync(receiver, Healthy), Each);

        await scene.StartEngineAsync(new() { MaxInFlight = 64, MaxInFlightPerWebhook = 32 });

        await scene.WaitForAsync(Healthy * Each, $"status = 'succeeded' AND {ToOthers}");
        Assert.Equal(0, await scene.CountAsync($"status <> 'pending' AND {ToHangers}"));
        Assert.InRange(receiver.Requests.Count(request => request.Path == "/hang"), Hangers, 32);
        await DeliveryScene.WaitUntilAsync(async () => await scene.CountAsync($"{Parked} AND {ToHangers}") >= (Hangers * Backlog) - 64);

        recovered.SetResult();
        await scene.WaitForAsync(Hangers * Backlog, $"status = 'succeeded' AND {ToHangers}");
        Assert.Equal((Hangers * Backlog) + (Healthy * Each), receiver.Requests.Count);
    }

    [Fact]
    public async Task A_new_webhook_gets_its_first_event_while_others_hang()
    {
        await using var receiver = await Receiver.StartAsync(async (request, context) =>
        {
            if (request.Path == "/hang")
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);
            }
        });
        await using var scene = await DeliveryScene.CreateAsync(attemptTimeout: TimeSpan.FromSeconds(2));
        for (var hanger = 0; hanger < 20; hanger++)
        {
            await scene.PublishAsync(await scene.AddWebhookAsync($"{receiver.Url}/hang"), count: 100);
        }

        await scene.StartEngineAsync(new() { MaxInFlight = 64, MaxInFlightPerWebhook = 16 });
        await scene.WaitForAsync(0, $"attempt_number = 0 AND lease_token IS NULL AND lease_until IS NULL AND {ToHangers}");

        await scene.PublishAsync(await scene.AddWebhookAsync($"{receiver.Url}/new"));

        await scene.WaitForAsync(1, $"status = 'succeeded' AND {ToOthers}");
        Assert.NotEqual(0, await scene.CountAsync($"attempt_number = 0 AND {ToHangers}"));
    }

    [Fact]
    public async Task The_backlog_of_a_single_webhook_that_answers_is_not_parked()
    {
        // More than one second's.
        const int Backlog = 15_000;
        await using var receiver = await Receiver.StartAsync();
        await using var scene = await DeliveryScene.CreateAsync();
        await scene.ExecuteAsync("""
            CREATE TABLE parked (id uuid);
            CREATE FUNCTION note_parked() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN INSERT INTO parked VALUES (new.id); RETURN NULL; END $$;
            CREATE TRIGGER note_parked AFTER UPDATE ON webhook_deliveries FOR EACH ROW
                WHEN (new.lease_token IS NULL AND new.lease_until IS NOT NULL) EXECUTE FUNCTION note_parked();
            """);
        var webhook = await scene.AddWebhookAsync(receiver.Url);
        await scene.StartEngineAsync(new() { SlowAfter = DeliveryScene.Patience }, new SteadyClock());
        await scene.PublishAsync(webhook);
        await scene.WaitForAsync(1, "status = 'succeeded'");

        await scene.PublishAsync(webhook, Backlog);

        await scene.WaitForAsync(1 + Backlog, "status = 'succeeded'");
        Assert.Equal(0, await scene.CountAsync("id IN (SELECT id FROM parked)"));
    }

    [Fact]
    public async Task A_large_backlog_for_a_receiver_that_refuses_is_not_worked_through_before_others_get_theirs()
    {
        const int Backlog = 40_000;
        const int Healthy = 20;
        const int Each = 20;
        using var port = new ClosedPort();
        await using var receiver = await Receiver.StartAsync();
        await using var scene = await DeliveryScene.CreateAsync();
        var refusing = await scene.AddWebhookAsync($"http://127.0.0.1:{port.Number}/");
        await scene.ExecuteAsync($$"""
            INSERT INTO webhook_deliveries (id, webhook_id, org_id, event, event_id, payload, next_attempt_at)
            SELECT webhook_delivery_id(event_id, '{{refusing.Id}}'), '{{refusing.Id}}', '{{refusing.OrgId}}', 'user.created', event_id,
                   '{}', now() - interval '1 hour'
            FROM (SELECT overlay(gen_random_uuid()::text PLACING '01980000-0000-7' FROM 1 FOR 15)::uuid AS event_id
                  FROM generate_series(1, {{Backlog}})) AS event
            """);
        await scene.PublishAsync(await scene.AddWebhooksAsync(receiver, Healthy), Each);

        await scene.StartEngineAsync();

        await scene.WaitForAsync(Healthy * Each, "status = 'succeeded'");
        Assert.InRange(
            await scene.CountAsync($"webhook_id = '{refusing.Id}' AND (lease_until IS NOT NULL OR attempt_number > 0)"), 1, Backlog / 2);
    }

    [Fact]
    public async Task A_crowd_that_was_parked_without_a_claim_is_delivered_when_the_receiver_answers_again()
    {
        const int Backlog = 5000;
        await using var receiver = await Receiver.StartAsync();
        await using var scene = await DeliveryScene.CreateAsync();
        var paused = await scene.AddWebhookAsync(receiver.Url);
        await scene.PublishAsync(paused, Backlog);
        await scene.ExecuteAsync(
            $"""
            UPDATE webhook_health SET openings = 1, opened_at = now(), paused_until = now() + interval '1 h', paused_by = 'circuit'
            WHERE webhook_id = '{paused.Id}'
            """);
        await scene.StartEngineAsync();
        await scene.WaitForAsync(Backlog, "lease_until > now() + interval '50 min' AND lease_token IS NULL");
        Assert.Empty(receiver.Requests);

        await scene.ExecuteAsync("UPDATE webhook_health SET paused_until = now()");

        await scene.WaitForAsync(Backlog, "status = 'succeeded' AND attempt_number = 1");
    }
}
