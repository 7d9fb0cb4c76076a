using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Webhooks.Core.Postgres;
using Webhooks.Core.Pull;
using Webhooks.Server.Engine;
using Webhooks.Testing;

namespace Webhooks.Server.Tests.Engine;

public sealed class DeliveryNotificationsTests
{
    private const string Listeners = "FROM pg_stat_activity WHERE datname = current_database() AND query = 'LISTEN webhook_deliveries'";

    private static readonly EngineOptions _neverPolls = new() { PollInterval = TimeSpan.FromHours(1) };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

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
    public async Task The_commit_of_a_transaction_that_published_wakes_the_inbox_and_nobody_else()
    {
        await using var scene = await DeliveryScene.CreateAsync();
        await using var database = NpgsqlDataSource.Create(scene.ConnectionString);
        using var stopping = new CancellationTokenSource();
        var deliveries = new DueSignal();
        var inbox = new DueSignal();
        var sessions = new DatabaseSessions(database, TimeProvider.System);
        var notifications = new DeliveryNotifications(
            database,
            deliveries,
            inbox,
            new PullArrivals(),
            new DatabaseAvailability(sessions, NullLogger<DatabaseAvailability>.Instance),
            scene.Options,
            TimeProvider.System);
        var listening = notifications.RunAsync(stopping.Token, CancellationToken.None);
        await deliveries.WaitAsync(Cancel);
        await inbox.WaitAsync(Cancel);

        await scene.ExecuteAsync("SELECT publish_webhook_event(gen_random_uuid(), 'user.created', '{}')");

        await inbox.WaitAsync(Cancel);
        var woken = deliveries.WaitAsync(stopping.Token).AsTask();
        Assert.False(woken.IsCompleted);
        await stopping.CancelAsync();
        await listening;
    }

    [Fact]
    public async Task Whoever_waits_to_pull_is_told_of_deliveries_of_that_webhook_alone()
    {
        await using var scene = await DeliveryScene.CreateAsync();
        await using var database = NpgsqlDataSource.Create(scene.ConnectionString);
        using var stopping = new CancellationTokenSource();
        var (deliveries, inbox, pulls) = (new DueSignal(), new DueSignal(), new PullArrivals());
        var webhook = await scene.AddPulledWebhookAsync();
        var notifications = new DeliveryNotifications(
            database,
            deliveries,
            inbox,
            pulls,
            new DatabaseAvailability(
                new DatabaseSessions(database, TimeProvider.System), NullLogger<DatabaseAvailability>.Instance),
            scene.Options,
            TimeProvider.System);
        var listening = notifications.RunAsync(stopping.Token, CancellationToken.None);
        await inbox.WaitAsync(Cancel);
        using var expectation = pulls.Expect(webhook.Id);
        using var other = pulls.Expect(Guid.NewGuid());

        await scene.PublishAsync(webhook);

        await expectation.Told.WaitAsync(Cancel);
        Assert.False(other.Told.IsCompleted);
        await stopping.CancelAsync();
        await listening;
    }

    [Fact]
    public async Task An_event_of_a_transaction_goes_out_by_the_engine()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var scene = await DeliveryScene.CreateAsync();
        var webhook = await scene.AddWebhookAsync(receiver.Url);
        await scene.StartEngineAsync();

        await scene.ExecuteAsync($"SELECT publish_webhook_event('{webhook.OrgId}', 'user.created', '{{}}')");

        await scene.WaitForAsync(1, "status = 'succeeded'");
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
