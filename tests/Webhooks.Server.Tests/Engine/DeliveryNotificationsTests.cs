using Webhooks.Testing;

namespace Webhooks.Server.Tests.Engine;

public sealed class DeliveryNotificationsTests
{
    private const string Listeners = "FROM pg_stat_activity WHERE datname = current_database() AND query = 'LISTEN webhook_deliveries'";

    private static readonly Webhooks.Server.Engine.EngineOptions _neverPolls = new() { PollInterval = TimeSpan.FromHours(1) };

    [Fact]
    public async Task A_published_event_goes_out_without_waiting_for_a_poll()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var scene = await DeliveryScene.CreateAsync();
        var webhook = await scene.AddWebhookAsync(receiver.Url);
        await scene.StartEngineAsync(_neverPolls);
        await WaitForListenerAsync(scene);

        for (var number = 1; number <= 3; number++)
        {
            await scene.PublishAsync(webhook);
            await scene.WaitForAsync(number, "status = 'succeeded'");
        }
    }

    [Fact]
    public async Task A_lost_connection_is_replaced_and_nothing_published_meanwhile_is_missed()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var scene = await DeliveryScene.CreateAsync();
        var webhook = await scene.AddWebhookAsync(receiver.Url);
        await scene.StartEngineAsync(_neverPolls);
        await WaitForListenerAsync(scene);

        await scene.ExecuteAsync($"SELECT pg_terminate_backend(pid) {Listeners}");
        await scene.PublishAsync(webhook);
        await scene.WaitForAsync(1, "status = 'succeeded'");

        await WaitForListenerAsync(scene);
        await scene.PublishAsync(webhook);
        await scene.WaitForAsync(2, "status = 'succeeded'");
    }

    [Fact]
    public async Task Whoever_gets_the_connection_next_is_not_told()
    {
        await using var scene = await DeliveryScene.CreateAsync();
        var engine = await scene.StartEngineAsync(_neverPolls);
        await WaitForListenerAsync(scene);

        await engine.StopAsync();

        Assert.Equal(0, await scene.QueryAsync<long>($"SELECT count(*) {Listeners}"));
        Assert.Equal(1, await scene.QueryAsync<long>(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query = 'UNLISTEN *'"));
    }

    private static Task WaitForListenerAsync(DeliveryScene scene) =>
        DeliveryScene.WaitUntilAsync(async () => await scene.QueryAsync<long>($"SELECT count(*) {Listeners}") == 1);
}
