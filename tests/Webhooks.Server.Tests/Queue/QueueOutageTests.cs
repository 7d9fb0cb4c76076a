using System.Diagnostics;
using Webhooks.Server.Tests.Engine;
using Webhooks.Testing;

namespace Webhooks.Server.Tests.Queue;

public sealed class QueueOutageTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("25006")] // read-only
    [InlineData("26000")] // a session that lost what it had prepared
    [InlineData("42501")] // missing privileges
    [InlineData("42P01")] // missing table
    [InlineData("53100")] // disk full
    [InlineData("57014")] // the statement's time is up
    public async Task A_fault_that_operators_can_mend_sends_no_message_to_the_poison_queue(string fault)
    {
        await using var scene = await QueueScene.CreateAsync();
        scene.Options = scene.Options with { MaxReceives = 1 };
        await scene.RefuseAsync("user.created", fault);
        await scene.PutAsync(Enumerable.Repeat(scene.Message(), 10));
        await scene.StartListenerAsync();
        await scene.WaitForLogAsync(1, "the database fails");

        await scene.ScalarAsync("DROP FUNCTION refuse CASCADE");

        await scene.WaitUntilEmptyAsync();
        Assert.Equal(10, await scene.DeliveriesAsync());
        Assert.Empty(await scene.PoisonAsync());
    }

    [Fact]
    public async Task While_the_database_is_away_messages_wait_and_none_is_used_up()
    {
        await using var postgres = await PostgresServer.StartAsync();
        await using var scene = await QueueScene.CreateAsync(postgres);
        scene.Options = scene.Options with { Visibility = QueueScene.ShortVisibility, BatchSize = 2, MaxBatches = 2, MaxReceives = 1 };
        await postgres.StopAsync();
        await scene.PutAsync(Enumerable.Repeat(scene.Message(), 10));
        await scene.StartListenerAsync();
        await scene.WaitForLogAsync(1, "the database fails");

        // The first four are in hand and stay there, for much longer than they would be kept from others by themselves.
        await DeliveryScene.WaitUntilAsync(async () => await VisibleAsync(scene) == 6);
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < 4 * scene.Options.Visibility;)
        {
            Assert.Equal(6, await VisibleAsync(scene));
            Assert.Empty(await scene.PoisonAsync());
            await Task.Delay(TimeSpan.FromMilliseconds(100), Cancel);
        }

        await postgres.StartAgainAsync();

        await scene.WaitUntilEmptyAsync();
        Assert.Equal(10, await scene.DeliveriesAsync());
        Assert.Empty(await scene.PoisonAsync());
        await scene.WaitForLogAsync(1, "the database fails");
        await scene.WaitForLogAsync(1, "read again: the database answers");
    }

    [Fact]
    public async Task A_listener_stops_at_once_while_the_database_is_away_and_its_messages_stay()
    {
        await using var postgres = await PostgresServer.StartAsync();
        await using var scene = await QueueScene.CreateAsync(postgres);
        await postgres.StopAsync();
        await scene.PutAsync(scene.Message());
        var listener = await scene.StartListenerAsync();
        await scene.WaitForLogAsync(1, "the database fails");

        await listener.StopAsync(Cancel).WaitAsync(DeliveryScene.Patience, Cancel);

        Assert.Equal(1, await QueueScene.LengthAsync(scene.Messages));
        Assert.Empty(await scene.PoisonAsync());
    }

    [Fact]
    public async Task A_queue_service_that_goes_and_comes_back_is_used_again()
    {
        await using var azurite = await AzuriteServer.StartAsync();
        await using var scene = await QueueScene.CreateAsync(azurite: azurite);
        await scene.StartListenerAsync();
        await scene.PutAsync(scene.Message("user.login"));
        await scene.WaitUntilEmptyAsync();

        await azurite.StopAsync();
        await scene.WaitForLogAsync(1, "the storage queue fails");
        await azurite.StartAgainAsync();
        await scene.PutAsync(scene.Message("user.logout"));

        await scene.WaitUntilEmptyAsync();
        Assert.Equal(2, await scene.DeliveriesAsync());
        await scene.WaitForLogAsync(1, "the storage queue fails");
        await scene.WaitForLogAsync(1, "read again: the storage queue answers");
    }

    [Fact]
    public async Task A_listener_may_start_before_the_queue_service()
    {
        await using var azurite = await AzuriteServer.StartAsync();
        await using var scene = await QueueScene.CreateAsync(azurite: azurite);
        await azurite.StopAsync();
        await scene.StartListenerAsync();
        await scene.WaitForLogAsync(1, "the storage queue fails");

        await azurite.StartAgainAsync();

        await scene.PutAsync(scene.Message());
        await scene.WaitUntilEmptyAsync();
        Assert.Equal(1, await scene.DeliveriesAsync());
    }

    private static async Task<int> VisibleAsync(QueueScene scene) =>
        (await scene.Messages.PeekMessagesAsync(32, Cancel)).Value.Length;
}
