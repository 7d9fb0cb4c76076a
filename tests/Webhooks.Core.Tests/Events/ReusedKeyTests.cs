using Webhooks.Core.Events;
using Webhooks.Core.Tests.Postgres;

namespace Webhooks.Core.Tests.Events;

/// <summary>An idempotency key names one event: the same event again changes nothing, another is refused.</summary>
public sealed class ReusedKeyTests : DatabaseTest
{
    private static readonly DateTimeOffset _time = new(2026, 8, 3, 12, 0, 0, TimeSpan.Zero);

    private readonly Guid _org = Guid.NewGuid();

    [Theory]
    [InlineData("order-17", "user.created", "{\"v\":2}", "12:00", "data")]
    [InlineData("order-17", "user.deleted", "{\"v\":1}", "12:00", "event")]
    [InlineData("order-17", "user.created", "{\"v\":1}", "12:01", "timestamp")]
    [InlineData("order-17", "user.created", "{\"v\":1}", null, "timestamp")]
    [InlineData("order-17", "user.deleted", "{\"v\":2}", null, "event,timestamp,data")]
    [InlineData(null, "user.created", "{\"v\":2}", "12:00", "data")]
    [InlineData(null, "user.deleted", "{\"v\":1}", "12:00", "event")]
    [InlineData(null, "user.created", "{\"v\":1}", "12:01", "timestamp")]
    [InlineData(null, "user.created", "{\"v\":1}", null, "timestamp")]
    [InlineData(null, "user.deleted", "{\"v\":2}", null, "event,timestamp,data")]
    public async Task Another_event_under_a_known_key_is_refused_with_what_differs(
        string? key, string type, string data, string? time, string differing)
    {
        await AddWebhookAsync(_org, "user.created");
        await AddWebhookAsync(_org, "user.deleted");
        key ??= Guid.CreateVersion7().ToString();
        await Publisher.PublishAsync([Message(_org, data: """{"v":1}""", key: key, timestamp: _time)], Cancel);

        var refused = await Assert.ThrowsAsync<ReusedKeyException>(() => Publisher.PublishAsync(
            [Message(_org, type, data, key, time is null ? null : DateTimeOffset.Parse($"2026-08-03T{time}:00Z"))], Cancel));

        Assert.Equal(0, refused.Index);
        Assert.Equal(differing.Split(','), refused.Differing);
        Assert.Equal("""{"v": 1}""", await QueryAsync<string>("SELECT payload->>'data' FROM webhook_deliveries"));
    }

    [Theory]
    [InlineData("order-17")]
    [InlineData(null)]
    public async Task The_same_event_is_known_however_it_is_written(string? key)
    {
        await AddWebhookAsync(_org);
        key ??= Guid.CreateVersion7().ToString();
        var first = Assert.Single(await Publisher.PublishAsync(
            [Message(_org, data: """{"a":1e2,"b":["é"]}""", key: key, timestamp: _time)], Cancel));

        var again = Assert.Single(await Publisher.PublishAsync(
            [Message(_org, data: """ { "b" : [ "\u00e9" ], "a" : 100 } """, key: key, timestamp: _time.ToOffset(TimeSpan.FromHours(2)))],
            Cancel));

        Assert.Equal(first.Id, again.Id);
        Assert.Equal(1, again.Deliveries);
        Assert.Empty(again.NewDeliveries);
    }

    [Theory]
    [InlineData("order-17")]
    [InlineData(null)]
    public async Task A_repeat_adds_no_delivery_for_a_webhook_that_was_made_or_activated_since(string? key)
    {
        await AddWebhookAsync(_org);
        var inactive = await AddWebhookAsync(_org);
        await ExecuteAsync("UPDATE webhooks SET active = false, keep_skipped = false WHERE id = $1", inactive);
        key ??= Guid.CreateVersion7().ToString();
        await Publisher.PublishAsync([Message(_org, key: key)], Cancel);
        await AddWebhookAsync(_org);
        await ExecuteAsync("UPDATE webhooks SET active = true");

        var again = Assert.Single(await Publisher.PublishAsync([Message(_org, key: key)], Cancel));

        Assert.Equal(1, again.Deliveries);
        Assert.Empty(again.NewDeliveries);
        Assert.Equal(1, await CountAsync());
    }

    [Fact]
    public async Task A_message_without_an_id_that_comes_again_adds_no_delivery_for_a_webhook_that_was_made_since()
    {
        await AddWebhookAsync(_org);
        var message = Message(_org) with { OwnId = Guid.CreateVersion7() };
        await Publisher.PublishEach([message], Cancel)[0].Published;
        await AddWebhookAsync(_org);

        var again = await Publisher.PublishEach([message with { MayBeStored = true }], Cancel)[0].Published;

        Assert.Equal(message.OwnId, again.Id);
        Assert.Equal(1, again.Deliveries);
        Assert.Empty(again.NewDeliveries);
        Assert.Equal(1, await CountAsync());
        Assert.Equal(0, await QueryAsync<long>("SELECT count(*) FROM event_keys"));
    }

    [Theory]
    [InlineData("order-17")]
    [InlineData(null)]
    public async Task Of_different_events_that_are_published_under_a_key_at_once_one_wins(string? key)
    {
        await AddWebhookAsync(_org);
        key ??= Guid.CreateVersion7().ToString();
        EventPublisher[] servers = [Publisher, Publisher];

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(number => Task.Run(
            async () =>
            {
                try
                {
                    await servers[number % 2].PublishAsync([Message(_org, data: $"{number % 4}", key: key)], Cancel);
                    return number % 4;
                }
                catch (ReusedKeyException)
                {
                    return -1;
                }
            },
            Cancel)));

        var winner = int.Parse(await QueryAsync<string>("SELECT payload->>'data' FROM webhook_deliveries"));
        Assert.Equal(5, answers.Count(answer => answer == winner));
        Assert.Equal(15, answers.Count(answer => answer == -1));
    }

    [Fact]
    public async Task Of_an_array_with_one_reused_key_nothing_is_stored_not_even_its_other_keys()
    {
        await AddWebhookAsync(_org);
        await Publisher.PublishAsync([Message(_org, key: "a")], Cancel);

        var refused = await Assert.ThrowsAsync<ReusedKeyException>(() => Publisher.PublishAsync(
            [Message(_org), Message(_org, key: "b"), Message(_org, data: "1", key: "a")], Cancel));

        Assert.Equal(2, refused.Index);
        Assert.Equal(["data"], refused.Differing);
        Assert.Equal(1, await CountAsync());
        Assert.Equal("a", await QueryAsync<string>("SELECT key FROM event_keys"));
    }

    [Fact]
    public async Task An_array_that_has_a_key_for_two_events_is_refused()
    {
        await AddWebhookAsync(_org);

        var refused = await Assert.ThrowsAsync<ReusedKeyException>(() => Publisher.PublishAsync(
            [Message(_org, key: "a"), Message(_org, data: "{ }", key: "a"), Message(_org, "user.deleted", key: "a")], Cancel));

        Assert.Equal(2, refused.Index);
        Assert.Equal(["event"], refused.Differing);
        Assert.Equal(0, await CountAsync());
        Assert.Equal(0, await QueryAsync<long>("SELECT count(*) FROM event_keys"));
    }

    [Fact]
    public async Task A_key_that_an_older_version_stored_stands_for_whatever_comes_and_gets_no_more_deliveries()
    {
        await AddWebhookAsync(_org);
        var first = Assert.Single(await Publisher.PublishAsync([Message(_org, key: "a")], Cancel));
        await ExecuteAsync("UPDATE event_keys SET fingerprint = NULL, deliveries = NULL");
        await AddWebhookAsync(_org);

        var again = Assert.Single(await Publisher.PublishAsync([Message(_org, data: "1", key: "a")], Cancel));

        Assert.Equal(first.Id, again.Id);
        Assert.Equal(1, again.Deliveries);
        Assert.Empty(again.NewDeliveries);
        Assert.Equal(1, await CountAsync());
    }

    [Fact]
    public async Task After_seven_days_a_key_may_name_another_event()
    {
        await AddWebhookAsync(_org);
        await Publisher.PublishAsync([Message(_org, key: "a")], Cancel);
        await ExecuteAsync("UPDATE event_keys SET created_at = now() - interval '7 days 1 second'");

        await Publisher.PublishAsync([Message(_org, data: "1", key: "a")], Cancel);
        await Publisher.PublishAsync([Message(_org, data: "1", key: "a")], Cancel);
        await Assert.ThrowsAsync<ReusedKeyException>(() => Publisher.PublishAsync([Message(_org, key: "a")], Cancel));

        Assert.Equal(2, await CountAsync());
    }

    [Fact]
    public async Task Who_publishes_at_the_same_time_as_reused_keys_is_not_harmed()
    {
        await AddWebhookAsync(_org);
        await Publisher.PublishAsync([.. Enumerable.Range(0, 10).Select(number => Message(_org, key: $"{number}"))], Cancel);

        var answers = Publisher.PublishEach(
            [.. Enumerable.Range(0, 30).Select(number => Message(_org, data: "1", key: $"{number}"))], Cancel);

        for (var number = 0; number < answers.Count; number++)
        {
            if (number < 10)
            {
                await Assert.ThrowsAsync<ReusedKeyException>(() => answers[number].Published);
            }
            else
            {
                Assert.Single((await answers[number].Published).NewDeliveries);
            }
        }

        Assert.Equal(30, await CountAsync());
    }

    private Task<long> CountAsync() => QueryAsync<long>("SELECT count(*) FROM webhook_deliveries");
}
