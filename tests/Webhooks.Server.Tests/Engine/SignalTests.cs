using Webhooks.Core.Webhooks;
using Webhooks.Testing;

namespace Webhooks.Server.Tests.Engine;

public sealed class SignalTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_happens_to_a_webhook_is_delivered_once_to_another_that_asks_for_it_however_many_servers_there_are()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var scene = await DeliveryScene.CreateAsync();
        var webhook = await scene.AddWebhookAsync(receiver.Url + "/own");
        var watcher = new NewWebhook(receiver.Url + "/watcher", ["secret.rotated", "webhook.disabled"], Active: true, Description: null);
        await scene.Webhooks.CreateAsync(webhook.OrgId, watcher, key: null, Token);
        await scene.StartEngineAsync();
        await scene.StartEngineAsync();

        await scene.Rotations.RotateAsync(webhook.OrgId, webhook.Id, new NewRotation(TimeSpan.Zero, Force: false, Key: null), Token);
        await receiver.WaitForAsync(1);
        await scene.Webhooks.UpdateAsync(webhook.OrgId, webhook.Id, new WebhookChanges(Active: false), states: null, Token);
        var requests = await receiver.WaitForAsync(2);

        await scene.WaitForAsync(2, "status = 'succeeded'");
        Assert.Equal(["secret.rotated", "webhook.disabled"], requests.Select(request => request.Header("X-Webhook-Event")));
        Assert.All(requests, request => Assert.Equal("/watcher", request.Path));
    }
}
