using Webhooks.Core.Deliveries;
using Webhooks.Core.Pull;
using Webhooks.Core.Sending;
using Webhooks.Core.Webhooks;
using Webhooks.Server.Engine;
using Webhooks.Testing;

namespace Webhooks.Server.Tests.Engine;

/// <summary>Deliveries that are pulled, beside running engines.</summary>
public sealed class PullTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_servers_leave_deliveries_to_be_pulled_and_record_a_lease_that_has_ended_once()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var scene = await DeliveryScene.CreateAsync();
        var pulled = await scene.AddPulledWebhookAsync();
        var posted = await scene.AddWebhookAsync(receiver.Url);
        var engines = await Task.WhenAll(scene.StartEngineAsync(), scene.StartEngineAsync());
        await scene.PublishAsync([pulled, posted], 40, engines[0].Publisher);
        await scene.WaitForAsync(40, "status = 'succeeded'");
        Assert.Equal(40, await scene.CountAsync($"webhook_id = '{pulled.Id}' AND lease_token IS NULL AND attempt_number = 0"));

        var pulls = await Task.WhenAll(Enumerable.Range(0, 4).Select(async number =>
        {
            var outcome = await engines[number % 2].Pulls.PullAsync(
                pulled.OrgId, pulled.Id, 20, TimeSpan.Zero, CancellationToken.None, Cancel);
            return Assert.IsType<PullOutcome.Pulled>(outcome).Deliveries;
        }));
        var ids = pulls.SelectMany(page => page).Select(delivery => delivery.Id).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
        await scene.ExecuteAsync("UPDATE pull_leases SET lease_until = now()");

        await scene.WaitForAsync(ids.Count, "error = 'timeout' AND attempt_number = 1");
        await scene.WaitForAsync(40, $"webhook_id = '{pulled.Id}' AND lease_until = 'infinity'");
        await DeliveryScene.WaitUntilAsync(async () => await scene.QueryAsync<long>("SELECT count(*) FROM pull_leases") == 0);
        Assert.Equal(0, await scene.CountAsync("jsonb_array_length(attempts) > 1"));
    }

    [Fact]
    public async Task What_an_older_server_stored_to_be_posted_is_left_to_be_pulled()
    {
        await using var scene = await DeliveryScene.CreateAsync();
        var webhook = await scene.AddPulledWebhookAsync();
        await scene.PublishAsync(webhook, 3);
        await scene.ExecuteAsync("UPDATE webhook_deliveries SET lease_until = NULL");

        await scene.StartEngineAsync();

        await scene.WaitForAsync(3, "lease_until = 'infinity' AND lease_token IS NULL AND attempt_number = 0");
    }

    [Fact]
    public async Task When_the_mode_becomes_push_a_running_engine_posts_what_waited()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var scene = await DeliveryScene.CreateAsync();
        var webhook = await scene.AddPulledWebhookAsync();
        await scene.StartEngineAsync();
        await scene.PublishAsync(webhook, 5);

        await scene.Webhooks.UpdateAsync(
            webhook.OrgId, webhook.Id, new WebhookChanges(Url: receiver.Url, Mode: WebhookMode.Push), states: null, Cancel);

        await scene.WaitForAsync(5, "status = 'succeeded'");
    }

    [Fact]
    public async Task What_an_engine_has_claimed_or_parked_is_pulled_when_the_mode_becomes_pull()
    {
        using var hold = new SemaphoreSlim(0);
        await using var receiver = await Receiver.StartAsync(_ =>
        {
            hold.Wait(Cancel);
            return 200;
        });
        await using var scene = await DeliveryScene.CreateAsync();
        var webhook = await scene.AddWebhookAsync(receiver.Url);
        await scene.StartEngineAsync(new EngineOptions { MaxInFlightPerWebhook = 4 });
        await scene.PublishAsync(webhook, 300);
        await scene.WaitForAsync(300, "lease_until IS NOT NULL");

        await scene.Webhooks.UpdateAsync(webhook.OrgId, webhook.Id, new WebhookChanges(Mode: WebhookMode.Pull), states: null, Cancel);

        // All but those that are being attempted.
        await scene.WaitForAsync(296, "lease_until = 'infinity' AND lease_token IS NULL AND attempt_number = 0");
        hold.Release(300);
        await scene.WaitForAsync(4, "status = 'succeeded'");
        Assert.Equal(4, receiver.Requests.Count);
    }

    [Fact]
    public async Task When_the_mode_becomes_pull_a_running_engine_posts_nothing_more_and_retries_are_pulled()
    {
        await using var receiver = await Receiver.StartAsync(_ => 500);
        await using var scene = await DeliveryScene.CreateAsync();
        var webhook = await scene.AddWebhookAsync(receiver.Url);
        var engine = await scene.StartEngineAsync();
        await scene.PublishAsync(webhook);
        await scene.WaitForAsync(1, "attempt_number = 1");
        await scene.Webhooks.UpdateAsync(webhook.OrgId, webhook.Id, new WebhookChanges(Mode: WebhookMode.Pull), states: null, Cancel);
        await scene.ExecuteAsync("UPDATE webhook_deliveries SET next_attempt_at = now()");

        await scene.WaitForAsync(1, "lease_until = 'infinity'");
        var outcome = await engine.Pulls.PullAsync(webhook.OrgId, webhook.Id, 10, TimeSpan.Zero, CancellationToken.None, Cancel);
        var retry = Assert.Single(Assert.IsType<PullOutcome.Pulled>(outcome).Deliveries);

        Assert.Equal(2, retry.Attempt);
        var recorded = await engine.Pulls.RecordAsync(
            webhook.OrgId, webhook.Id, [new(retry.Id, retry.LeaseToken, new SendOutcome.Answered(200, ""), null)], Cancel);
        Assert.Equal(DeliveryStatus.Succeeded, recorded![retry.Id]);
        Assert.Single(receiver.Requests);
    }
}
