using Webhooks.Server.Engine;
using Webhooks.Testing;

namespace Webhooks.Server.Tests.Engine;

public sealed class PauseTests
{
    /// <summary>Longer than any test.</summary>
    private static readonly TimeSpan _long = TimeSpan.FromHours(1);

    /// <summary>What is parked before a pause is recorded comes back soon, and is then held.</summary>
    private static readonly EngineOptions _options = new() { ParkLeast = TimeSpan.FromSeconds(1) };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_receiver_that_does_not_answer_gets_a_few_attempts_of_a_large_backlog_and_the_others_are_held()
    {
        await using var scene = await DeliveryScene.CreateAsync(firstCircuitPause: _long);
        await using var healthy = await Receiver.StartAsync();
        using var closed = new ClosedPort();
        var dead = await scene.AddWebhookAsync($"http://127.0.0.1:{closed.Number}");
        var witness = await scene.AddWebhookAsync(healthy.Url);
        await scene.PublishAsync(dead, 5000);
        await scene.StartEngineAsync(_options);
        await scene.StartEngineAsync(_options);

        await scene.WaitForAsync(5000, $"webhook_id = '{dead.Id}' AND (attempt_number > 0 OR {Held})");
        await scene.PublishAsync(witness, 100);
        await scene.WaitForAsync(100, "status = 'succeeded'");

        // What was under way on two servers when it opened; windows shrink with every fault.
        var attempts = await scene.QueryAsync<int>("SELECT sum(attempt_number)::int FROM webhook_deliveries WHERE status = 'pending'");
        Assert.InRange(attempts, 10, 300);
    }

    [Fact]
    public async Task When_the_receiver_answers_again_two_servers_send_one_probe_and_then_all_that_was_held()
    {
        // Far more than two servers send until the first ten answers are recorded, however busy the machine is.
        const int Events = 5000;
        var answers = false;
        var gate = new TaskCompletionSource();
        await using var receiver = await Receiver.StartAsync(async (_, context) =>
        {
            context.Response.StatusCode = answers ? 200 : 503;
            await (answers ? gate.Task : Task.CompletedTask);
        });
        await using var scene = await DeliveryScene.CreateAsync(firstCircuitPause: _long);
        var webhook = await scene.AddWebhookAsync(receiver.Url);
        await scene.StartEngineAsync(_options);
        await scene.StartEngineAsync(_options);
        await scene.PublishAsync(webhook, Events);
        await WaitUntilPausedAsync(scene);
        await scene.WaitForAsync(Events, $"attempt_number > 0 OR {Held}");
        var before = receiver.Requests.Count;
        var held = await scene.CountAsync("attempt_number = 0");
        Assert.InRange(before, 10, Events - 1);

        answers = true;
        await scene.ExecuteAsync("UPDATE webhook_health SET paused_until = now()");
        await receiver.WaitForAsync(before + 1);
        await scene.WaitForAsync(held - 1, $"attempt_number = 0 AND {Held}");
        Assert.Equal(before + 1, receiver.Requests.Count);
        Assert.True(await scene.QueryAsync<bool>("SELECT probing FROM webhook_health"));
        gate.SetResult();

        await scene.WaitForAsync(held, "status = 'succeeded' AND attempt_number = 1");
        Assert.Equal(0, await scene.QueryAsync<int>("SELECT openings FROM webhook_health"));
    }

    [Fact]
    public async Task A_receiver_that_asks_for_time_gets_nothing_until_then_and_no_attempt_of_others_is_spent()
    {
        await using var receiver = await Receiver.StartAsync((_, context) =>
        {
            context.Response.Headers.RetryAfter = "3600";
            context.Response.StatusCode = 429;
            return Task.CompletedTask;
        });
        await using var scene = await DeliveryScene.CreateAsync();
        var webhook = await scene.AddWebhookAsync(receiver.Url);
        await scene.StartEngineAsync();
        await scene.PublishAsync(webhook);
        await WaitUntilPausedAsync(scene);

        await scene.PublishAsync(webhook, 50);

        await scene.WaitForAsync(50, $"attempt_number = 0 AND {Held}");
        Assert.Single(receiver.Requests);
    }

    [Fact]
    public async Task A_server_that_starts_while_a_webhook_is_paused_sends_it_nothing()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var scene = await DeliveryScene.CreateAsync();
        var webhook = await scene.AddWebhookAsync(receiver.Url);
        await scene.ExecuteAsync(
            "UPDATE webhook_health SET openings = 1, opened_at = now(), paused_until = now() + interval '1 h', paused_by = 'circuit'");
        await scene.PublishAsync(webhook, 20);

        await scene.StartEngineAsync();

        await scene.WaitForAsync(20, Held);
        Assert.Empty(receiver.Requests);
    }

    /// <summary>Parked for as long as its webhook is paused.</summary>
    private const string Held =
        "(lease_token IS NULL AND lease_until >= (SELECT paused_until FROM webhook_health AS h "
        + "WHERE h.webhook_id = webhook_deliveries.webhook_id))";

    private static Task WaitUntilPausedAsync(DeliveryScene scene) =>
        DeliveryScene.WaitUntilAsync(() => scene.QueryAsync<bool>("SELECT paused_until > now() IS TRUE FROM webhook_health"));
}
