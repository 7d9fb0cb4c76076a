using Microsoft.Azure.Functions.Worker;
using Webhooks.Functions.Deliveries;
using Webhooks.Functions.Tests.Hosting;

namespace Webhooks.Functions.Tests.Deliveries;

public sealed class PublishInboxTests : IAsyncLifetime
{
    private readonly Guid _organization = Guid.NewGuid();
    private FunctionsApp _app = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _app = await FunctionsApp.StartAsync();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task Events_that_were_published_in_transactions_become_deliveries_that_are_put_on_the_queue()
    {
        await _app.AddWebhookAsync(_organization);
        var events = await _app.QueryAsync<Guid>(
            "SELECT publish_webhook_event($1, 'user.created', '{}') FROM generate_series(1, 3)", _organization);

        await RunAsync();

        var stored = await _app.QueryAsync<Guid>("SELECT id FROM webhook_deliveries ORDER BY id");
        Assert.Equal(events.Order(), (await _app.QueryAsync<Guid>("SELECT event_id FROM webhook_deliveries")).Order());
        Assert.Equal(stored, AppQueues.Ids(await _app.Queues.TakeDeliveriesAsync()).Order());
        Assert.Equal([0L], await _app.QueryAsync<long>("SELECT count(*) FROM event_inbox"));

        await RunAsync();
        Assert.Empty(await _app.Queues.TakeDeliveriesAsync());
    }

    private Task RunAsync() => _app.Function<PublishInbox>().RunAsync(new TimerInfo(), Cancel);
}
