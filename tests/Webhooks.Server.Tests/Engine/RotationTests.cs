using System.Security.Cryptography;
using System.Text;
using Webhooks.Core.Webhooks;
using Webhooks.Testing;

namespace Webhooks.Server.Tests.Engine;

public sealed class RotationTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_rotation_holds_on_every_server_at_the_next_attempt()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var scene = await DeliveryScene.CreateAsync();
        var webhook = await scene.AddWebhookAsync(receiver.Url);
        var engines = new[] { await scene.StartEngineAsync(), await scene.StartEngineAsync() };
        await PublishOnEachAsync(scene, webhook, engines);
        await receiver.WaitForAsync(2);

        var rotated = await RotateAsync(scene, webhook, TimeSpan.FromHours(1));
        await PublishOnEachAsync(scene, webhook, engines);
        var during = (await receiver.WaitForAsync(4)).Skip(2).ToList();
        Assert.Equal(SecretPromotion.Promoted, await scene.Rotations.PromoteAsync(webhook.OrgId, webhook.Id, Token));
        await PublishOnEachAsync(scene, webhook, engines);
        var promoted = (await receiver.WaitForAsync(6)).Skip(4).ToList();
        Assert.True(await scene.Rotations.EndOverlapAsync(webhook.OrgId, webhook.Id, Token));
        await PublishOnEachAsync(scene, webhook, engines);
        var after = (await receiver.WaitForAsync(8)).Skip(6).ToList();

        Assert.All(during, request => Assert.Equal(SignatureOf(request, rotated), request.Header("X-Webhook-Signature-Next")));
        Assert.All(during.Concat(promoted), request => Assert.Equal(2, request.Header("webhook-signature")!.Split(' ').Length));
        Assert.All(promoted.Concat(after), request => Assert.Equal(SignatureOf(request, rotated), request.Header("X-Webhook-Signature")));
        Assert.All(after, request => Assert.DoesNotContain(' ', request.Header("webhook-signature")!));
    }

    [Fact]
    public async Task A_rotation_holds_for_what_a_server_had_claimed_before_it()
    {
        await using var waiting = await WaitingDelivery.CreateAsync();

        var rotated = await RotateAsync(waiting.Scene, waiting.Webhook, TimeSpan.Zero);

        var request = await waiting.SendOnceClaimedAgainAsync();
        Assert.Equal(SignatureOf(request, rotated), request.Header("X-Webhook-Signature"));
    }

    [Fact]
    public async Task The_end_of_an_overlap_holds_for_what_a_server_had_claimed_before_it()
    {
        var rotated = "";
        await using var waiting = await WaitingDelivery.CreateAsync(async (scene, webhook) =>
        {
            rotated = await RotateAsync(scene, webhook, TimeSpan.FromHours(1));

            // The rotation itself is not what makes it claimed again.
            await scene.ExecuteAsync($"UPDATE webhooks SET updated_at = created_at WHERE id = '{webhook.Id}'");
        });

        await waiting.Scene.ExecuteAsync($"UPDATE webhooks SET previous_secret_expires_at = now() WHERE id = '{waiting.Webhook.Id}'");

        var request = await waiting.SendOnceClaimedAgainAsync();
        Assert.Equal(SignatureOf(request, rotated), request.Header("X-Webhook-Signature"));
        Assert.DoesNotContain(' ', request.Header("webhook-signature")!);
    }

    [Fact]
    public async Task A_new_url_holds_for_what_a_server_had_claimed_before_it()
    {
        await using var waiting = await WaitingDelivery.CreateAsync();

        await waiting.Scene.Webhooks.UpdateAsync(
            waiting.Webhook.OrgId,
            waiting.Webhook.Id,
            new WebhookChanges(Url: waiting.Webhook.Url + "/moved"),
            states: null,
            Token);

        Assert.Equal("/moved", (await waiting.SendOnceClaimedAgainAsync()).Path);
    }

    private static async Task PublishOnEachAsync(DeliveryScene scene, Webhook webhook, IEnumerable<RunningEngine> engines)
    {
        foreach (var engine in engines)
        {
            await scene.PublishAsync([webhook], publisher: engine.Publisher);
        }
    }

    private static async Task<string> RotateAsync(DeliveryScene scene, Webhook webhook, TimeSpan overlap)
    {
        var asked = new NewRotation(overlap, Force: false, Key: null);
        var rotation = await scene.Rotations.RotateAsync(webhook.OrgId, webhook.Id, asked, Token);
        return Assert.IsType<SecretRotation.Rotated>(rotation).Secret;
    }

    private static string SignatureOf(ReceivedRequest request, string secret) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), request.Body));
}
