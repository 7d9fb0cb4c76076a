using System.Text.Json;
using Webhooks.Core.Webhooks;
using Webhooks.Testing;

namespace Webhooks.Server.Tests.Engine;

public sealed class DeliveryEngineTests
{
    private static readonly TimeSpan[] _fiveShortDelays = [.. Enumerable.Repeat(TimeSpan.FromMilliseconds(50), 5)];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_published_event_reaches_the_receiver_and_is_recorded()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var scene = await DeliveryScene.CreateAsync();
        var webhook = await scene.AddWebhookAsync(receiver.Url);
        await scene.StartEngineAsync();

        await scene.PublishAsync(webhook);

        var request = Assert.Single(await receiver.WaitForAsync(1));
        Assert.Equal("user.created", request.Header("X-Webhook-Event"));
        Assert.Equal(0, JsonDocument.Parse(request.Body).RootElement.GetProperty("data").GetProperty("number").GetInt32());
        await scene.WaitForAsync(
            1,
            "status = 'succeeded' AND response_status = 200 AND attempt_number = 1 AND delivered_at IS NOT NULL AND lease_token IS NULL");
    }

    [Fact]
    public async Task What_was_published_before_the_start_is_delivered()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var scene = await DeliveryScene.CreateAsync();
        await scene.PublishAsync(await scene.AddWebhookAsync(receiver.Url), count: 10);

        await scene.StartEngineAsync();

        await scene.WaitForAsync(10, "status = 'succeeded'");
    }

    [Fact]
    public async Task A_receiver_that_always_fails_gets_six_attempts_no_sooner_than_the_schedule_says()
    {
        TimeSpan[] delays = [.. new[] { 100, 300, 200, 400, 100 }.Select(milliseconds => TimeSpan.FromMilliseconds(milliseconds))];
        await using var receiver = await Receiver.StartAsync(_ => 500);
        await using var scene = await DeliveryScene.CreateAsync(delays);
        await scene.StartEngineAsync();

        await scene.PublishAsync(await scene.AddWebhookAsync(receiver.Url));

        await scene.WaitForAsync(
            1, "status = 'failed' AND attempt_number = 6 AND jsonb_array_length(attempts) = 6 AND next_attempt_at IS NULL");
        Assert.Equal(["1", "2", "3", "4", "5", "6"], receiver.Requests.Select(request => request.Header("X-Webhook-Attempt")));
        Assert.All(
            receiver.Requests.Zip(receiver.Requests.Skip(1), (before, after) => after.At - before.At).Zip(delays),
            gap => Assert.True(gap.First >= gap.Second, $"{gap.First} is sooner than {gap.Second}."));
    }

    [Fact]
    public async Task A_2xx_after_failures_ends_the_delivery()
    {
        await using var receiver = await Receiver.StartAsync(request => request.Header("X-Webhook-Attempt") == "3" ? 204 : 503);
        await using var scene = await DeliveryScene.CreateAsync(_fiveShortDelays);
        await scene.StartEngineAsync();

        await scene.PublishAsync(await scene.AddWebhookAsync(receiver.Url));

        await scene.WaitForAsync(1, "status = 'succeeded' AND response_status = 204 AND attempt_number = 3");
        Assert.Equal(3, receiver.Requests.Count);
    }

    [Fact]
    public async Task Attempts_to_hundreds_of_webhooks_are_under_way_at_once()
    {
        const int Webhooks = 200;
        var everyoneIsHere = new CountdownEvent(Webhooks);
        var open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var receiver = await Receiver.StartAsync(async (_, context) =>
        {
            if (everyoneIsHere.Signal())
            {
                open.SetResult();
            }

            await open.Task.WaitAsync(DeliveryScene.Patience, context.RequestAborted);
        });
        await using var scene = await DeliveryScene.CreateAsync();
        var webhooks = await scene.AddWebhooksAsync(receiver, Webhooks);
        await scene.StartEngineAsync();

        await scene.PublishAsync(webhooks);

        await scene.WaitForAsync(Webhooks, "status = 'succeeded'");
    }

    [Fact]
    public async Task Attempts_to_one_fast_webhook_are_under_way_at_once_as_many_as_it_may_have()
    {
        const int Limit = 20;
        var underWay = 0;
        var most = 0;
        await using var receiver = await Receiver.StartAsync(async (_, context) =>
        {
            InterlockedMax(ref most, Interlocked.Increment(ref underWay));
            await Task.Delay(TimeSpan.FromMilliseconds(20), context.RequestAborted);
            Interlocked.Decrement(ref underWay);
        });
        await using var scene = await DeliveryScene.CreateAsync();
        var webhook = await scene.AddWebhookAsync(receiver.Url);
        await scene.PublishAsync(webhook, count: 500);

        await scene.StartEngineAsync(new() { MaxInFlightPerWebhook = Limit });

        await scene.WaitForAsync(500, "status = 'succeeded'");
        Assert.Equal(Limit, most);
    }

    [Fact]
    public async Task A_deactivated_webhook_s_waiting_retries_are_canceled_and_never_sent()
    {
        await using var receiver = await Receiver.StartAsync(_ => 500);
        await using var scene = await DeliveryScene.CreateAsync();
        var webhook = await scene.AddWebhookAsync(receiver.Url);
        await scene.StartEngineAsync();
        await scene.PublishAsync(webhook);
        await scene.WaitForAsync(1, "status = 'pending' AND attempt_number = 1");

        await scene.Webhooks.UpdateAsync(webhook.OrgId, webhook.Id, new WebhookChanges(Active: false), states: null, Token);

        await scene.WaitForAsync(1, "status = 'canceled' AND attempt_number = 1");
        Assert.Single(receiver.Requests);
    }

    [Theory]
    [InlineData("active = false")]
    [InlineData("active = false, deleted_at = now(), secret = NULL")]
    public async Task A_delivery_is_canceled_when_its_webhook_turns_out_to_be_gone(string change)
    {
        await using var receiver = await Receiver.StartAsync();
        await using var scene = await DeliveryScene.CreateAsync();
        await scene.PublishAsync(await scene.AddWebhookAsync(receiver.Url), count: 3);
        await scene.ExecuteAsync($"UPDATE webhooks SET {change}");

        await scene.StartEngineAsync();

        await scene.WaitForAsync(3, "status = 'canceled' AND attempt_number = 0");
        Assert.Empty(receiver.Requests);
    }

    [Fact]
    public async Task A_secret_that_cannot_be_decrypted_spends_no_attempt_and_the_delivery_goes_out_once_it_can()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var scene = await DeliveryScene.CreateAsync();
        await scene.PublishAsync(await scene.AddWebhookAsync(receiver.Url), count: 20);
        scene.Keys.Available = false;

        var engine = await scene.StartEngineAsync(new() { RestWithoutSecret = TimeSpan.FromMilliseconds(500) });
        await scene.WaitForAsync(20, "status = 'pending' AND attempt_number = 0 AND lease_token IS NULL AND lease_until > now()");
        Assert.Empty(receiver.Requests);
        Assert.NotEqual(0, engine.Log.Count("secret cannot be decrypted"));

        var asked = scene.Keys.Refusals;
        await DeliveryScene.WaitUntilAsync(() => Task.FromResult(scene.Keys.Refusals > asked + 2));
        Assert.Equal(1, engine.Log.Count("secret cannot be decrypted"));
        Assert.Equal(1, engine.Log.Count("The key was taken away."));
        Assert.Equal(0, engine.Log.Count("secret can be decrypted again"));

        scene.Keys.Available = true;
        await scene.WaitForAsync(20, "status = 'succeeded' AND attempt_number = 1");
        Assert.Equal(1, engine.Log.Count("secret can be decrypted again"));
    }

    [Fact]
    public async Task A_transform_that_does_not_get_its_turn_spends_no_attempt_and_the_delivery_goes_out_once_it_does()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var scene = await DeliveryScene.CreateAsync();
        var webhook = await scene.AddWebhookAsync(receiver.Url);
        await scene.ExecuteAsync("UPDATE webhooks SET transform = 'function handler(w) { return w; }', transform_id = gen_random_uuid()");
        var engine = await scene.StartEngineAsync(new() { RestWithoutTransform = TimeSpan.FromMilliseconds(500) });
        engine.Transforms.Patience = TimeSpan.Zero;

        await scene.PublishAsync(webhook, count: 20);

        await scene.WaitForAsync(20, "status = 'pending' AND attempt_number = 0 AND lease_token IS NULL AND lease_until > now()");
        Assert.Empty(receiver.Requests);
        Assert.Equal(1, engine.Log.Count("transform did not get its turn"));
        engine.Transforms.Patience = TimeSpan.FromMinutes(1);
        await scene.WaitForAsync(20, "status = 'succeeded' AND attempt_number = 1 AND sent_body IS NOT NULL");
        Assert.Equal(1, engine.Log.Count("transform has had its turn"));
    }

    [Fact]
    public async Task A_result_that_the_database_refuses_does_not_stop_the_others()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var scene = await DeliveryScene.CreateAsync();
        await scene.ExecuteAsync(
            "ALTER TABLE webhook_deliveries ADD CONSTRAINT refuse CHECK (status <> 'succeeded' OR payload #>> '{data,number}' <> '7')");
        await scene.PublishAsync(await scene.AddWebhookAsync(receiver.Url), count: 20);

        var engine = await scene.StartEngineAsync();

        await scene.WaitForAsync(19, "status = 'succeeded'");
        await DeliveryScene.WaitUntilAsync(() => Task.FromResult(engine.Log.Count("refuses the result for good") == 1));
        Assert.Equal(1, await scene.CountAsync("status = 'pending' AND lease_token IS NOT NULL"));
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (var known = Volatile.Read(ref most); known < value; known = Volatile.Read(ref most))
        {
            Interlocked.CompareExchange(ref most, value, known);
        }
    }
}
