using System.Globalization;
using System.Text;
using System.Text.Json;
using Azure.Storage.Queues.Models;
using Microsoft.Extensions.Logging;
using Webhooks.Core.EventTypes;
using Webhooks.Functions.Deliveries;
using Webhooks.Functions.Tests.Hosting;
using Webhooks.Testing;

namespace Webhooks.Functions.Tests.Deliveries;

public sealed class FanOutEventTests : IAsyncLifetime
{
    private readonly Guid _organization = Guid.NewGuid();
    private FunctionsApp _app = null!;

    public async ValueTask InitializeAsync() => _app = await FunctionsApp.StartAsync();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task An_event_with_many_webhooks_becomes_fan_out_messages_of_32_deliveries_that_are_committed()
    {
        await AddWebhooksAsync(70);

        var result = await FanOutAsync(AppCalls.EventMessage(_organization));

        Assert.Empty(result.Poison);
        Assert.Equal([32, 32, 6], result.Deliveries.Select(message => AppQueues.Ids([message]).Count));
        Assert.Equal(await StoredAsync(), AppQueues.Ids(result.Deliveries).Order());
        Assert.Empty(_app.Orchestrations.Starts);
    }

    [Fact]
    public async Task An_event_with_one_webhook_starts_its_delivery_without_a_fan_out_message()
    {
        await AddWebhooksAsync(1);

        var result = await FanOutAsync(AppCalls.EventMessage(_organization));

        Assert.Empty(result.Deliveries);
        var delivery = Assert.Single(await StoredAsync());
        var start = Assert.Single(_app.Orchestrations.Starts);
        Assert.Equal("DeliverWebhook", start.Name);
        Assert.Equal(delivery.ToString(), start.InstanceId);
        Assert.Equal($$"""{"delivery_id":"{{delivery}}"}""", start.Input);
    }

    [Fact]
    public async Task An_event_without_webhooks_is_accepted_and_starts_nothing()
    {
        var result = await FanOutAsync(AppCalls.EventMessage(_organization));

        Assert.Empty(result.Deliveries);
        Assert.Empty(result.Poison);
        Assert.Empty(_app.Orchestrations.Starts);
    }

    [Fact]
    public async Task A_message_that_is_received_again_after_a_crash_makes_no_second_delivery_and_starts_only_what_has_not_begun()
    {
        var first = await AddWebhooksAsync(5);
        var message = await _app.Queues.ReceiveEventAsync(AppCalls.EventMessage(_organization));
        await FanOutAsync(message);
        var stored = await StoredAsync();
        var begun = Assert.Single(await _app.QueryAsync<Guid>("SELECT id FROM webhook_deliveries WHERE webhook_id = $1", first));
        await _app.AttemptAsync(begun);

        var again = await FanOutAsync(message);

        Assert.Equal(stored, await StoredAsync());
        Assert.Equal(stored.Where(delivery => delivery != begun), AppQueues.Ids(again.Deliveries).Order());
    }

    [Fact]
    public async Task An_event_that_is_published_again_under_its_key_makes_no_second_delivery()
    {
        await AddWebhooksAsync(3);

        var first = await FanOutAsync(AppCalls.EventMessage(_organization, key: "order-17"));
        var second = await FanOutAsync(AppCalls.EventMessage(_organization, key: "order-17"));

        Assert.Equal(3, (await StoredAsync()).Count);
        Assert.Equal(AppQueues.Ids(first.Deliveries).Order(), AppQueues.Ids(second.Deliveries).Order());
    }

    [Fact]
    public async Task Another_event_under_a_known_key_goes_to_the_poison_queue_and_a_log_line_says_what_differs()
    {
        await AddWebhooksAsync(2);
        await FanOutAsync(AppCalls.EventMessage(_organization, key: "order-17"));
        var other = AppCalls.EventMessage(_organization, key: "order-17")[..^1] + ""","timestamp":"2026-08-03T12:00:00Z"}""";

        var result = await FanOutAsync(other);

        Assert.Equal([other], result.Poison);
        Assert.Empty(result.Deliveries);
        Assert.Equal(2, (await StoredAsync()).Count);
        var line = Assert.Single(_app.Logs.Lines, line => line.Level == LogLevel.Error && line.Text.Contains("webhook-events-poison"));
        Assert.Contains("what differs is: timestamp", line.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_messages_with_the_same_text_are_two_events()
    {
        await AddWebhooksAsync(2);

        await FanOutAsync(AppCalls.EventMessage(_organization));
        await FanOutAsync(AppCalls.EventMessage(_organization));

        Assert.Equal(4, (await StoredAsync()).Count);
    }

    [Fact]
    public async Task A_message_in_base64_is_read_too()
    {
        await AddWebhooksAsync(2);

        var result = await FanOutAsync(Convert.ToBase64String(Encoding.UTF8.GetBytes(AppCalls.EventMessage(_organization))));

        Assert.Empty(result.Poison);
        Assert.Equal(2, AppQueues.Ids(result.Deliveries).Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_message_of_CloudEvents_is_one_event_however_often_Event_Grid_puts_it_on_the_queue(bool base64)
    {
        await AddWebhooksAsync(2);
        var json = $$"""
            {"specversion":"1.0","id":"1","source":"/a","type":"user.created","orgid":"{{_organization}}","data":{"user_id":"42"} }
            """;
        var text = base64 ? Convert.ToBase64String(Encoding.UTF8.GetBytes(json)) : json;

        var first = await FanOutAsync(text);
        await FanOutAsync(text);

        Assert.Empty(first.Poison);
        Assert.Equal(2, AppQueues.Ids(first.Deliveries).Count);
        Assert.Equal(2, (await StoredAsync()).Count);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("[1,2,3]")]
    [InlineData("""{"event":"user.created","data":{}}""")]
    [InlineData("""{"org_id":"6f0b7c1e-5a2e-4a53-b6f5-6d7f2f1c2a11","event":"user.exploded","data":{}}""")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"/a","type":"user.created","data":{}}""")]
    [InlineData("""{"id":"1","topic":"t","subject":"s","eventType":"a","eventTime":"2026-01-01T00:00:00Z","data":{}}""")]
    public async Task A_message_that_can_never_be_accepted_goes_to_the_poison_queue_as_it_came_and_a_log_line_says_why(string text)
    {
        var result = await FanOutAsync(text);

        Assert.Equal([text], result.Poison);
        Assert.Empty(result.Deliveries);
        Assert.Single(_app.Logs.Lines, line => line.Level == LogLevel.Error
            && line.Text.StartsWith("webhook event message", StringComparison.Ordinal) && line.Text.Contains("webhook-events-poison"));
    }

    [Fact]
    public async Task A_message_of_a_type_that_was_made_just_now_is_accepted_and_one_that_does_not_fit_its_schema_is_not()
    {
        await AddWebhooksAsync(2);
        var message = AppCalls.EventMessage(_organization).Replace("user.created", "user.invited", StringComparison.Ordinal);
        var unknown = await FanOutAsync(message);
        await _app.ExecuteAsync("INSERT INTO event_types (name, category, description, sample) VALUES ('user.invited', 'User', '', '{}')");

        var known = await FanOutAsync(message);
        await _app.ExecuteAsync(
            """UPDATE event_types SET validate = true, schema = '{"required":["invited_by"]}' WHERE name = 'user.invited'""");
        await Task.Delay(KnownEventTypes.Validity, TestContext.Current.CancellationToken);
        var misfit = await FanOutAsync(message);

        Assert.Equal([message], unknown.Poison);
        Assert.Empty(known.Poison);
        Assert.Equal(2, (await StoredAsync()).Count);
        Assert.Equal([message], misfit.Poison);
        Assert.Single(_app.Logs.Lines, line => line.Text.Contains("data: It does not fit the schema", StringComparison.Ordinal));
    }

    [Fact]
    public async Task When_the_task_hub_cannot_be_reached_the_message_fails_and_its_repetition_starts_the_delivery()
    {
        await AddWebhooksAsync(1);
        var message = await _app.Queues.ReceiveEventAsync(AppCalls.EventMessage(_organization));
        _app.Orchestrations.Failure = new InvalidOperationException("The task hub is away.");
        await Assert.ThrowsAsync<InvalidOperationException>(() => FanOutAsync(message));

        _app.Orchestrations.Failure = null;
        await FanOutAsync(message);

        Assert.Equal(await StoredAsync(), _app.StartedIds());
    }

    [Fact]
    public async Task An_instance_that_is_being_stopped_finishes_the_message_it_has_begun()
    {
        await AddWebhooksAsync(2);
        var message = await _app.Queues.ReceiveEventAsync(AppCalls.EventMessage(_organization));

        var result = await _app.Function<FanOutEvent>().RunAsync(message, _app.Orchestrations, new CancellationToken(canceled: true));

        Assert.Equal(await StoredAsync(), AppQueues.Ids(result.Deliveries));
    }

    [Theory]
    [InlineData("P0001", true)]
    [InlineData("42501", false)]
    public async Task A_message_that_fails_for_the_fifth_time_is_poison_unless_the_database_cannot_be_used(string code, bool poison)
    {
        await AddWebhooksAsync(2);
        await _app.ExecuteAsync($"""
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'refused' USING ERRCODE = '{code}'; END $$;
            """);
        await _app.ExecuteAsync("CREATE TRIGGER refuse BEFORE INSERT ON webhook_deliveries FOR EACH ROW EXECUTE FUNCTION refuse()");
        var received = await _app.Queues.ReceiveEventAsync(AppCalls.EventMessage(_organization));
        var fifth = QueuesModelFactory.QueueMessage(
            received.MessageId,
            received.PopReceipt,
            received.Body,
            dequeueCount: 5,
            nextVisibleOn: null,
            received.InsertedOn,
            received.ExpiresOn);
        var fanOut = _app.Function<FanOutEvent>();

        // Not to wait for the database.
        var stopping = new CancellationToken(canceled: true);
        if (poison)
        {
            Assert.Equal([received.Body.ToString()], (await fanOut.RunAsync(fifth, _app.Orchestrations, stopping)).Poison);
        }
        else
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fanOut.RunAsync(fifth, _app.Orchestrations, stopping));
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("order-17")]
    public async Task A_message_beyond_its_organizations_limit_is_put_back_as_the_same_event_and_is_delivered_once_when_it_comes_again(
        string? key)
    {
        await AddWebhooksAsync(2);
        await LimitAsync("0.05");
        var first = await _app.Queues.ReceiveEventAsync(AppCalls.EventMessage(_organization, key: "first"));
        await FanOutAsync(first);
        var message = await _app.Queues.ReceiveEventAsync(AppCalls.EventMessage(_organization, key: key));

        var put = await FanOutAsync(message);

        Assert.Empty(put.Deliveries);
        Assert.Empty(put.Poison);
        Assert.Equal(2, (await StoredAsync()).Count);
        await LimitAsync("10000");
        QueueMessage? again = null;
        await Eventually.HoldsAsync(
            async () =>
            {
                again = await _app.Queues.Events.ReceiveMessageAsync(cancellationToken: TestContext.Current.CancellationToken);

                // Nobody has deleted those two: they come again as well, after half a minute.
                return again is not null && again.MessageId != first.MessageId && again.MessageId != message.MessageId;
            },
            () => "the message does not come again",
            TestContext.Current.CancellationToken);
        var calls = 0;
        await Eventually.HoldsAsync(
            async () =>
            {
                calls++;
                await FanOutAsync(again!);
                return (await StoredAsync()).Count == 4;
            },
            () => $"the event is not delivered after {calls} calls",
            TestContext.Current.CancellationToken);

        // As after a crash before the host has removed the first one.
        await FanOutAsync(message);
        await FanOutAsync(again!);
        Assert.Equal(4, (await StoredAsync()).Count);
    }

    [Fact]
    public async Task A_message_of_an_erased_organization_is_dropped()
    {
        await AddWebhooksAsync(1);
        await _app.ExecuteAsync("UPDATE organizations SET erasing_since = now(), erased_by = 'user ada' WHERE id = $1", _organization);

        var result = await FanOutAsync(AppCalls.EventMessage(_organization));

        Assert.Empty(result.Poison);
        Assert.Empty(result.Deliveries);
        Assert.Empty(await StoredAsync());
    }

    [Fact]
    public void A_fan_out_message_is_compact_json_far_below_what_a_queue_takes()
    {
        var ids = Enumerable.Range(0, 32).Select(_ => Guid.CreateVersion7()).ToList();

        var message = Assert.Single(FanOutMessage.For(ids));

        Assert.Equal(JsonSerializer.Serialize(new { deliveries = ids }), message);
        Assert.InRange(Encoding.UTF8.GetByteCount(message), 1, 2048);
        Assert.Equal(ids, FanOutMessage.Parse(message)!.Deliveries);
    }

    private async Task<FanOutResult> FanOutAsync(string text) => await FanOutAsync(await _app.Queues.ReceiveEventAsync(text));

    private Task<FanOutResult> FanOutAsync(QueueMessage message) =>
        _app.Function<FanOutEvent>().RunAsync(message, _app.Orchestrations, TestContext.Current.CancellationToken);

    private Task<int> LimitAsync(string perSecond) => _app.ExecuteAsync(
        $"INSERT INTO publish_limits (org_id, per_second, burst) VALUES ($1, {perSecond}, 1) "
        + "ON CONFLICT (org_id) DO UPDATE SET per_second = excluded.per_second",
        _organization);

    /// <returns>The first one's id. The others have its secret as it is stored, which is good for the first alone.</returns>
    private async Task<Guid> AddWebhooksAsync(int count)
    {
        var first = await _app.AddWebhookAsync(_organization);
        await _app.ExecuteAsync(
            string.Create(CultureInfo.InvariantCulture, $"""
                INSERT INTO webhooks (id, org_id, url, events, secret)
                SELECT gen_random_uuid(), org_id, url, events, secret FROM webhooks, generate_series(2, {count}) WHERE id = $1
                """),
            first);
        return first;
    }

    private Task<IReadOnlyList<Guid>> StoredAsync() =>
        _app.QueryAsync<Guid>("SELECT id FROM webhook_deliveries WHERE org_id = $1 ORDER BY id", _organization);
}
