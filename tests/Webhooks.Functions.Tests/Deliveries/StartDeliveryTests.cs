using System.Net;
using System.Text.Json;
using Microsoft.DurableTask.Client;
using Webhooks.Functions.Deliveries;
using Webhooks.Functions.Tests.Hosting;
using Webhooks.Testing;

namespace Webhooks.Functions.Tests.Deliveries;

public sealed class StartDeliveryTests : IAsyncLifetime
{
    private readonly Guid _organization = Guid.NewGuid();
    private FunctionsApp _app = null!;

    public async ValueTask InitializeAsync() => _app = await FunctionsApp.StartAsync();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task Every_pending_delivery_is_started_under_its_id()
    {
        var deliveries = await PublishAsync(webhooks: 3);

        await StartAsync(deliveries);

        Assert.Equal(deliveries, _app.StartedIds());
        Assert.All(_app.Orchestrations.Starts, start => Assert.Equal($$"""{"delivery_id":"{{start.InstanceId}}"}""", start.Input));
    }

    [Fact]
    public async Task A_delivery_that_is_running_is_left_alone_and_the_others_are_started()
    {
        var deliveries = await PublishAsync(webhooks: 3);
        _app.Orchestrations.Set(deliveries[1].ToString(), OrchestrationRuntimeStatus.Running);

        await StartAsync(deliveries);

        Assert.Equal([deliveries[0], deliveries[2]], _app.StartedIds());
    }

    [Fact]
    public async Task An_instance_that_is_being_stopped_starts_what_the_message_names_and_leaves_nothing_to_its_repetition()
    {
        var deliveries = await PublishAsync(webhooks: 3);

        await _app.Function<StartDelivery>().RunAsync(
            FanOutMessage.For(deliveries)[0], _app.Orchestrations, new CancellationToken(canceled: true));

        Assert.Equal(deliveries, _app.StartedIds());
    }

    [Fact]
    public async Task A_finished_delivery_is_not_started_over()
    {
        await using var receiver = await Receiver.StartAsync();
        await _app.AddWebhookAsync(_organization, receiver.Url);
        var delivery = Assert.Single(await _app.PublishAsync(_organization));
        await _app.AttemptAsync(delivery);
        _app.Orchestrations.Set(delivery.ToString(), OrchestrationRuntimeStatus.Completed);

        await StartAsync([delivery]);

        Assert.Empty(_app.Orchestrations.Starts);
    }

    [Fact]
    public async Task A_delivery_of_a_webhook_that_was_deleted_is_not_started()
    {
        var webhook = await _app.AddWebhookAsync(_organization);
        var delivery = Assert.Single(await _app.PublishAsync(_organization));
        using var client = _app.For(_organization);
        await client.DeleteAsync($"/api/v1/webhooks/{webhook}", TestContext.Current.CancellationToken);

        await StartAsync([delivery]);

        Assert.Empty(_app.Orchestrations.Starts);
    }

    [Fact]
    public async Task A_pending_delivery_whose_orchestration_failed_is_started_again()
    {
        var delivery = Assert.Single(await PublishAsync(webhooks: 1));
        _app.Orchestrations.Set(delivery.ToString(), OrchestrationRuntimeStatus.Failed);

        await StartAsync([delivery]);

        Assert.Equal([delivery], _app.StartedIds());
    }

    [Fact]
    public async Task The_same_message_twice_starts_each_delivery_once()
    {
        var deliveries = await PublishAsync(webhooks: 4);

        await StartAsync(deliveries);
        await StartAsync(deliveries);

        Assert.Equal(deliveries, _app.StartedIds());
    }

    [Fact]
    public async Task A_burst_is_started_a_few_deliveries_at_a_time_so_that_the_first_are_made_before_the_last_are_started()
    {
        var deliveries = await PublishAsync(webhooks: 2 * DeliveryStarter.Parallelism);
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _app.Orchestrations.Answered = answer.Task;

        var messages = deliveries.Chunk(DeliveryStarter.Parallelism + 1).Select(StartAsync).ToList();

        await Eventually.HoldsAsync(
            () => _app.Orchestrations.MostUnderWay >= DeliveryStarter.Parallelism,
            () => $"{_app.Orchestrations.MostUnderWay} starts were under way",
            TestContext.Current.CancellationToken);
        answer.SetResult();
        await Task.WhenAll(messages);
        Assert.Equal(DeliveryStarter.Parallelism, _app.Orchestrations.MostUnderWay);
        Assert.Equal(deliveries.Order(), _app.StartedIds().Order());
    }

    [Fact]
    public async Task A_start_that_fails_leaves_its_turn_to_the_next()
    {
        var deliveries = await PublishAsync(webhooks: DeliveryStarter.Parallelism + 1);
        _app.Orchestrations.Failure = new InvalidOperationException("The storage account is away.");
        await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(deliveries));

        _app.Orchestrations.Failure = null;
        await StartAsync(deliveries);

        Assert.Equal(deliveries.Order(), _app.StartedIds().Order());
    }

    [Fact]
    public async Task A_delivery_that_is_due_although_its_orchestration_sleeps_is_attempted_by_another_and_by_one_only()
    {
        var delivery = Assert.Single(await PublishAsync(webhooks: 1));
        Sleep(delivery, DateTime.UtcNow.AddHours(1));

        await StartAsync([delivery]);
        await StartAsync([delivery]);

        var start = Assert.Single(_app.Orchestrations.Starts);
        Assert.Equal(("DeliverWebhook", $"{delivery}-1"), (start.Name, start.InstanceId));
        Assert.Equal($$"""{"delivery_id":"{{delivery}}"}""", start.Input);
    }

    [Fact]
    public async Task A_delivery_whose_orchestration_sleeps_until_its_time_or_is_about_to_wake_is_left_alone()
    {
        var deliveries = await PublishAsync(webhooks: 2);
        await _app.ExecuteAsync(
            $"UPDATE webhook_deliveries SET next_attempt_at = now() + interval '1 hour' WHERE id = '{deliveries[0]}'");
        Sleep(deliveries[0], DateTime.UtcNow.AddHours(1));
        Sleep(deliveries[1], DateTime.UtcNow);

        await StartAsync(deliveries);

        Assert.Empty(_app.Orchestrations.Starts);
    }

    [Fact]
    public async Task A_redelivery_is_put_on_the_queue_and_started_and_so_is_the_attempt_of_one_that_sleeps()
    {
        var webhook = await _app.AddWebhookAsync(_organization);
        var delivery = Assert.Single(await _app.PublishAsync(_organization));
        using var client = _app.For(_organization);
        await _app.ExecuteAsync("UPDATE webhook_deliveries SET next_attempt_at = now() + interval '1 hour'");
        Sleep(delivery, DateTime.UtcNow.AddHours(1));

        await RedeliverAsync(client, webhook, delivery);
        await _app.ExecuteAsync("UPDATE webhook_deliveries SET status = 'failed', next_attempt_at = NULL");
        await RedeliverAsync(client, webhook, delivery);

        var again = Assert.Single(
            await _app.QueryAsync<Guid>($"SELECT id FROM webhook_deliveries WHERE redelivery_of = '{delivery}'"));
        Assert.Equal([$"{delivery}-1", $"{again}"], _app.Orchestrations.Starts.Select(start => start.InstanceId));
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("{}")]
    [InlineData("""{"deliveries":null}""")]
    [InlineData("""{"deliveries":["not an id"]}""")]
    public async Task A_message_of_another_kind_fails_and_says_whose_queue_it_is(string message)
    {
        var failure = await Assert.ThrowsAsync<FormatException>(() => StartAsync(message));

        Assert.Contains("Only this app writes to that queue", failure.Message);
    }

    /// <summary>Redelivers, and handles the message that this puts on the queue.</summary>
    private async Task RedeliverAsync(HttpClient client, Guid webhook, Guid delivery)
    {
        using var answer = await client.PostAsync(
            $"/api/v1/webhooks/{webhook}/deliveries/{delivery}/redeliver", content: null, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        foreach (var message in await _app.Queues.TakeDeliveriesAsync())
        {
            await StartAsync(message);
        }
    }

    private void Sleep(Guid delivery, DateTime until) => _app.Orchestrations.Set(
        delivery.ToString(),
        OrchestrationRuntimeStatus.Running,
        customStatus: JsonSerializer.Serialize(new DeliveryProgress(Attempt: 0, LastStatus: null, until)));

    private async Task<IReadOnlyList<Guid>> PublishAsync(int webhooks)
    {
        for (var webhook = 0; webhook < webhooks; webhook++)
        {
            await _app.AddWebhookAsync(_organization);
        }

        return await _app.PublishAsync(_organization);
    }

    private Task StartAsync(IReadOnlyList<Guid> deliveries) => StartAsync(Assert.Single(FanOutMessage.For(deliveries)));

    private Task StartAsync(string message) =>
        _app.Function<StartDelivery>().RunAsync(message, _app.Orchestrations, TestContext.Current.CancellationToken);
}
