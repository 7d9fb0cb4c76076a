using Webhooks.Core.Deliveries;
using Webhooks.Core.Inbox;
using Webhooks.Core.Tests.Postgres;

namespace Webhooks.Core.Tests.Inbox;

/// <summary>How events that were published in transactions are fanned out.</summary>
public sealed class InboxPublisherTests : InboxTest
{
    [Fact]
    public async Task Processes_that_fan_out_together_store_each_event_once()
    {
        await AddWebhookAsync(Org);
        await AddWebhookAsync(Org);
        for (var number = 0; number < 200; number++)
        {
            await PublishInSqlAsync(Org, id: number % 2 == 0 ? $"key {number}" : null);
        }

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => FanOutAsync()));

        Assert.Equal(400, await CountAsync("webhook_deliveries"));
        Assert.Equal(0, await CountAsync("event_inbox"));
        Assert.Equal(100, await CountAsync("event_keys WHERE deliveries = 2"));
    }

    [Fact]
    public async Task What_a_process_took_that_ended_is_taken_again_after_its_lease_and_stored_once()
    {
        await AddWebhookAsync(Org);
        var id = await PublishInSqlAsync(Org, id: "once");
        var taken = Assert.Single(await Inbox.TakeAsync(10, Cancel));

        // It ended after it had stored the deliveries.
        await Publisher.PublishEach([taken.Message], Cancel)[0].Published;
        await FanOutAsync();
        Assert.Equal(1, await CountAsync("event_inbox"));

        await ExecuteAsync("UPDATE event_inbox SET due_at = due_at - interval '31 seconds'");
        var dispatch = new RecordedDispatch();
        await FanOutAsync(dispatch: dispatch);

        Assert.Equal(id, await QueryAsync<Guid>("SELECT event_id FROM webhook_deliveries"));
        Assert.Equal(0, await CountAsync("event_inbox"));
        Assert.Equal(1, await QueryAsync<int>("SELECT deliveries FROM event_keys"));
        Assert.Equal(await QueryAllAsync<Guid>("SELECT id FROM webhook_deliveries"), dispatch.Begun);
    }

    [Fact]
    public async Task Data_that_do_not_fit_the_schema_of_their_type_stay_in_the_inbox_with_the_reason()
    {
        await AddWebhookAsync(Org);
        await ExecuteAsync(
            """UPDATE event_types SET schema = '{"required":["user_id"]}', validate = true WHERE name = 'user.created'""");
        var refused = await PublishInSqlAsync(Org);
        var log = new LogLines<InboxPublisher>();

        await FanOutAsync(log);

        Assert.Equal(0, await CountAsync("webhook_deliveries"));
        Assert.Equal(refused, await QueryAsync<Guid>("SELECT event_id FROM event_inbox WHERE refused_at IS NOT NULL"));
        Assert.StartsWith(
            "data: It does not fit the schema of the event type (required)", await QueryAsync<string>("SELECT refused FROM event_inbox"));
        Assert.Contains(refused.ToString(), Assert.Single(log.Lines), StringComparison.Ordinal);
        await FanOutAsync(log);
        Assert.Single(log.Lines);

        // The schema is mended, and the event put again.
        await ExecuteAsync("UPDATE event_types SET validate = false WHERE name = 'user.created'");
        await ExecuteAsync("UPDATE event_inbox SET refused = NULL, refused_at = NULL, due_at = now()");
        await FanOutAsync();
        Assert.Equal(refused, await QueryAsync<Guid>("SELECT event_id FROM webhook_deliveries"));
    }

    [Fact]
    public async Task An_organizations_limit_spaces_its_events_and_keeps_nobody_elses_waiting()
    {
        var other = Guid.NewGuid();
        await AddWebhookAsync(Org);
        await AddWebhookAsync(other);
        await ExecuteAsync("INSERT INTO publish_limits (org_id, per_second, burst) VALUES ($1, 0.01, 2)", Org);
        for (var number = 0; number < 100; number++)
        {
            await PublishInSqlAsync(Org);
        }

        await PublishInSqlAsync(other);

        await FanOutAsync();

        Assert.Equal(1, await CountAsync($"webhook_deliveries WHERE org_id = '{other}'"));
        Assert.Equal(2, await CountAsync($"webhook_deliveries WHERE org_id = '{Org}'"));
        Assert.Equal(98, await CountAsync("event_inbox WHERE tries = 0 AND due_at > now()"));
        Assert.Equal(9700, await QueryAsync<double>("SELECT extract(epoch FROM max(due_at) - min(due_at))::float8 FROM event_inbox"), 10.0);

        await ExecuteAsync("DELETE FROM publish_limits");
        await ExecuteAsync("UPDATE event_inbox SET due_at = now()");
        await FanOutAsync();
        Assert.Equal(100, await CountAsync($"webhook_deliveries WHERE org_id = '{Org}'"));
    }

    [Fact]
    public async Task The_limits_of_the_settings_are_those_of_the_function()
    {
        await new EventInbox(Database, new WebhooksOptions { Limits = new WebhooksLimits { EventBytes = 1000, EventKeyLength = 10 } })
            .KeepLimitsAsync(Cancel);
        Assert.Equal("1000 10", await QueryAsync<string>("SELECT event_bytes || ' ' || event_key_length FROM inbox_limits"));
        await FanOutAsync();
        Assert.Equal("262144 255", await QueryAsync<string>("SELECT event_bytes || ' ' || event_key_length FROM inbox_limits"));
    }

    private sealed class RecordedDispatch : IDeliveryDispatch
    {
        public List<Guid> Begun { get; } = [];

        public Task DispatchAsync(IReadOnlyCollection<Guid> deliveries, CancellationToken cancellationToken)
        {
            Begun.AddRange(deliveries);
            return Task.CompletedTask;
        }
    }
}
