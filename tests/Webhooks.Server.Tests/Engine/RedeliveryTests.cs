using Webhooks.Core.Redelivery;
using Webhooks.Core.Webhooks;
using Webhooks.Testing;

namespace Webhooks.Server.Tests.Engine;

public sealed class RedeliveryTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_delivery_that_waits_for_an_hour_is_attempted_as_soon_as_somebody_asks_and_keeps_its_count()
    {
        var status = 503;
        await using var receiver = await Receiver.StartAsync(_ => status);
        await using var scene = await DeliveryScene.CreateAsync();
        var webhook = await scene.AddWebhookAsync(receiver.Url);
        await scene.StartEngineAsync();
        await scene.PublishAsync(webhook);
        await scene.WaitForAsync(1, "attempt_number = 1 AND next_attempt_at > now() + interval '30 minutes'");

        status = 200;
        await RedeliverAsync(scene, webhook);

        await scene.WaitForAsync(1, "status = 'succeeded' AND attempt_number = 2 AND next_trigger IS NULL");
        Assert.Equal("schedule,manual", await TriggersAsync(scene, "true"));
    }

    [Fact]
    public async Task A_redelivery_has_all_attempts_of_its_own_and_only_the_first_of_them_is_by_hand()
    {
        await using var receiver = await Receiver.StartAsync(_ => 500);
        await using var scene = await DeliveryScene.CreateAsync([TimeSpan.FromMilliseconds(1)]);
        var webhook = await scene.AddWebhookAsync(receiver.Url);
        await scene.StartEngineAsync();
        await scene.PublishAsync(webhook);
        await scene.WaitForAsync(1, "status = 'failed'");

        await RedeliverAsync(scene, webhook);

        await scene.WaitForAsync(2, "status = 'failed'");
        Assert.Equal("manual,schedule", await TriggersAsync(scene, "redelivery_of IS NOT NULL"));
        Assert.Single((await receiver.WaitForAsync(4)).Select(request => request.Header("webhook-id")).Distinct());
    }

    [Fact]
    public async Task A_canceled_delivery_whose_server_crashed_during_the_attempt_gets_no_other()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var scene = await DeliveryScene.CreateAsync();
        var webhook = await scene.AddWebhookAsync(receiver.Url);
        await scene.PublishAsync(webhook);
        Assert.Single(await scene.Deliveries.ClaimDueAsync(10, TimeSpan.FromMinutes(1), Token));
        await scene.Cancellations.CancelAsync(webhook.OrgId, webhook.Id, await DeliveryAsync(scene), Token);
        await scene.ExecuteAsync("UPDATE webhook_deliveries SET lease_until = now()");

        await scene.StartEngineAsync();

        await scene.WaitForAsync(1, "status = 'canceled' AND attempt_number = 0");
        Assert.Empty(receiver.Requests);
    }

    private static async Task RedeliverAsync(DeliveryScene scene, Webhook webhook) => Assert.IsType<Redelivered.Due>(
        await scene.Redeliveries.RedeliverAsync(webhook.OrgId, webhook.Id, await DeliveryAsync(scene), key: null, Token));

    private static Task<string> TriggersAsync(DeliveryScene scene, string condition) => scene.QueryAsync<string>(
        "SELECT string_agg(coalesce(attempt ->> 'trigger', 'schedule'), ',' ORDER BY attempt -> 'number') "
        + $"FROM webhook_deliveries, jsonb_array_elements(attempts) AS attempt WHERE {condition}");

    private static Task<Guid> DeliveryAsync(DeliveryScene scene) => scene.QueryAsync<Guid>("SELECT id FROM webhook_deliveries");
}
