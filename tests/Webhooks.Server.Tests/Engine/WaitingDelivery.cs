using Webhooks.Core.Webhooks;
using Webhooks.Testing;

namespace Webhooks.Server.Tests.Engine;

/// <summary>A delivery that an engine has claimed and cannot attempt yet: a receiver that does not answer has its one slot.</summary>
internal sealed class WaitingDelivery : IAsyncDisposable
{
    private readonly TaskCompletionSource _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Receiver _slow = null!;
    private Receiver _receiver = null!;
    private Guid _claim;

    private WaitingDelivery(DeliveryScene scene) => Scene = scene;

    public DeliveryScene Scene { get; }

    /// <summary>The webhook that it is for.</summary>
    public Webhook Webhook { get; private set; } = null!;

    private string Own => $"webhook_id = '{Webhook.Id}' AND lease_token IS NOT NULL";

    /// <summary>Makes one.</summary>
    /// <param name="before">What happens to its webhook before it is published.</param>
    public static async Task<WaitingDelivery> CreateAsync(Func<DeliveryScene, Webhook, Task>? before = null)
    {
        var waiting = new WaitingDelivery(await DeliveryScene.CreateAsync());
        await waiting.PublishAsync(before);
        return waiting;
    }

    /// <summary>Waits until it is claimed anew, lets it be attempted, and gives what its receiver got.</summary>
    public async Task<ReceivedRequest> SendOnceClaimedAgainAsync()
    {
        await Scene.WaitForAsync(1, $"{Own} AND lease_token <> '{_claim}'");
        _answer.SetResult();
        return Assert.Single(await _receiver.WaitForAsync(1));
    }

    public async ValueTask DisposeAsync()
    {
        await Scene.DisposeAsync();
        await _slow.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    private async Task PublishAsync(Func<DeliveryScene, Webhook, Task>? before)
    {
        _slow = await Receiver.StartAsync((_, _) => _answer.Task);
        _receiver = await Receiver.StartAsync();

        // A lease that does not end within the test.
        await Scene.StartEngineAsync(new() { MaxInFlight = 1, LeaseMargin = TimeSpan.FromHours(1) });
        await Scene.PublishAsync(await Scene.AddWebhookAsync(_slow.Url));
        await _slow.WaitForAsync(1);
        Webhook = await Scene.AddWebhookAsync(_receiver.Url);
        await (before?.Invoke(Scene, Webhook) ?? Task.CompletedTask);
        await Scene.PublishAsync(Webhook);
        await Scene.WaitForAsync(1, Own);
        _claim = await Scene.QueryAsync<Guid>($"SELECT lease_token FROM webhook_deliveries WHERE {Own}");
    }
}
