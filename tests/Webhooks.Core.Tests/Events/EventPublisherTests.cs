using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Webhooks.Core.Events;
using Webhooks.Core.Tests.Postgres;

namespace Webhooks.Core.Tests.Events;

public sealed class EventPublisherTests : DatabaseTest
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private readonly Guid _org = Guid.NewGuid();

    [Fact]
    public async Task An_event_goes_to_every_active_webhook_that_lists_its_type_or_all()
    {
        var exact = await AddWebhookAsync(_org, "invoice.paid", "user.created");
        var all = await AddWebhookAsync(_org, "*");
        await AddWebhookAsync(_org, "user.deleted");
        await AddWebhookAsync(Guid.NewGuid(), "*");
        var inactive = await AddWebhookAsync(_org, "*");
        await ExecuteAsync("UPDATE webhooks SET active = false WHERE id = $1", inactive);
        var deleted = await AddWebhookAsync(_org, "*");
        await ExecuteAsync("UPDATE webhooks SET deleted_at = now(), secret = NULL WHERE id = $1", deleted);

        var published = Assert.Single(await Publisher.PublishAsync([Message(_org)], Cancel));

        Assert.Equal(_org, published.OrgId);
        Assert.Equal("user.created", published.Event);
        Assert.Equal(2, published.Deliveries);
        Assert.Equal([exact, all, inactive], await QueryAllAsync<Guid>("SELECT webhook_id FROM webhook_deliveries ORDER BY webhook_id"));
        Assert.Equal([inactive], await QueryAllAsync<Guid>("SELECT webhook_id FROM webhook_deliveries WHERE status = 'skipped'"));
        Assert.Equal(
            published.NewDeliveries.Order(),
            await QueryAllAsync<Guid>("SELECT id FROM webhook_deliveries WHERE status = 'pending' ORDER BY id"));
        Assert.Equal(2, await QueryAsync<long>(
            """
            SELECT count(*) FROM webhook_deliveries
            WHERE event_id = $1 AND org_id = $2 AND event = 'user.created' AND status = 'pending' AND next_attempt_at <= now()
              AND attempt_number = 0 AND attempts = '[]' AND NOT test AND lease_token IS NULL
            """,
            published.Id, _org));
    }

    [Fact]
    public async Task An_event_that_no_webhook_wants_is_accepted()
    {
        var published = Assert.Single(await Publisher.PublishAsync([Message(Guid.NewGuid())], Cancel));
        Assert.Equal(0, published.Deliveries);
        Assert.Empty(published.NewDeliveries);
        Assert.Equal(7, published.Id.Version);
    }

    [Fact]
    public async Task No_messages_give_no_events() => Assert.Empty(await Publisher.PublishAsync([], Cancel));

    [Fact]
    public async Task The_payload_has_the_event_its_time_its_data_and_the_webhook()
    {
        var webhook = await AddWebhookAsync(_org);
        var time = new DateTimeOffset(2026, 8, 3, 12, 30, 1, 5, TimeSpan.FromHours(2));
        await Publisher.PublishAsync(
            [Message(_org, "invoice.paid", """{"total":12.50,"lines":[1,null,{"a":"é"}]}""", timestamp: time)], Cancel);

        Assert.Equal(
            $$"""{"data": {"lines": [1, null, {"a": "é"}], "total": 12.50}, "event": "invoice.paid", "timestamp": "2026-08-03T10:30:01.005Z", "webhook_id": "{{webhook}}"}""",
            await QueryAsync<string>("SELECT payload::text FROM webhook_deliveries"));
    }

    [Fact]
    public async Task Without_a_timestamp_the_event_happened_when_it_was_accepted()
    {
        await AddWebhookAsync(_org);
        var now = new DateTimeOffset(2026, 8, 3, 23, 59, 59, 999, TimeSpan.Zero);
        var published = Assert.Single(await PublisherAt(now).PublishAsync([Message(_org)], Cancel));

        Assert.Equal("2026-08-03T23:59:59.999Z", await QueryAsync<string>("SELECT payload->>'timestamp' FROM webhook_deliveries"));
        Assert.Equal(now, UuidV7.TimeOf(published.Id));
    }

    [Theory]
    [InlineData("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z")]
    [InlineData("9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59.999Z")]
    public async Task The_ends_of_the_calendar_are_written_like_any_time(string time, string written)
    {
        await AddWebhookAsync(_org);
        await Publisher.PublishAsync([Message(_org, timestamp: DateTimeOffset.Parse(time))], Cancel);
        Assert.Equal(written, await QueryAsync<string>("SELECT payload->>'timestamp' FROM webhook_deliveries"));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-0.0")]
    [InlineData("1.10")]
    [InlineData("1e5")]
    [InlineData("123456789012345678901234567890.123456789")]
    [InlineData("null")]
    [InlineData("true")]
    [InlineData("[]")]
    [InlineData("\"\"")]
    [InlineData("""{"a":{"a":{"a":[[[1]]]}}}""")]
    [InlineData("""{"text":"line\nbreak \"quoted\" \\ / tab\t é 漢字 \ud83d\ude00 \u2028 </script>"}""")]
    [InlineData("""{"not null":"\\u0000"}""")]
    public async Task Any_JSON_is_delivered_with_its_meaning(string data)
    {
        await AddWebhookAsync(_org);
        await PublishAsync(_org, data: data);
        await AssertDeliveredAsync(data);
    }

    [Fact]
    public async Task Any_text_is_delivered_as_it_was()
    {
        await AddWebhookAsync(_org);
        await Gen.String.Where(text => !text.Any(letter => letter == '\0' || char.IsSurrogate(letter))).SampleAsync(
            async text =>
            {
                var id = await PublishAsync(_org, data: JsonValue.Create(text).ToJsonString());
                Assert.Equal(text, await QueryAsync<string>("SELECT payload->>'data' FROM webhook_deliveries WHERE id = $1", id));
            },
            iter: 50,
            threads: 1);
    }

    [Fact]
    public async Task A_key_gives_the_same_event_again_and_no_second_delivery()
    {
        await AddWebhookAsync(_org);
        await AddWebhookAsync(_org);
        var first = Assert.Single(await Publisher.PublishAsync([Message(_org, key: "order-17")], Cancel));
        var second = Assert.Single(await Publisher.PublishAsync([Message(_org, key: "order-17")], Cancel));

        Assert.Equal(first.Id, second.Id);
        Assert.Equal(2, first.NewDeliveries.Count);
        Assert.Equal(2, second.Deliveries);
        Assert.Empty(second.NewDeliveries);
        Assert.Equal(2, await CountAsync());
    }

    [Fact]
    public async Task An_event_without_a_key_is_new_each_time()
    {
        await AddWebhookAsync(_org);
        await Publisher.PublishAsync([Message(_org)], Cancel);
        await Publisher.PublishAsync([Message(_org)], Cancel);
        Assert.Equal(2, await CountAsync());
    }

    [Theory]
    [InlineData("order-17")]
    [InlineData("")]
    [InlineData(null)]
    public async Task Many_publishers_of_one_event_make_one_delivery_for_each_webhook(string? key)
    {
        await AddWebhookAsync(_org);
        await AddWebhookAsync(_org);
        await AddWebhookAsync(_org);
        key ??= Guid.CreateVersion7().ToString();

        var published = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(_ => Task.Run(() => Publisher.PublishAsync([Message(_org, key: key)], Cancel), Cancel)));

        Assert.Single(published.Select(answer => Assert.Single(answer).Id).Distinct());
        Assert.All(published, answer => Assert.Equal(3, answer[0].Deliveries));
        Assert.Equal(3, published.Sum(answer => answer[0].NewDeliveries.Count));
        Assert.Equal(3, await CountAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Publishers_of_the_same_events_in_other_orders_do_not_deadlock(bool ownIds)
    {
        await AddWebhookAsync(_org);
        await AddWebhookAsync(_org);
        var keys = Enumerable.Range(0, 400).Select(number => ownIds ? Guid.CreateVersion7().ToString() : $"key-{number}").ToArray();

        await Task.WhenAll(Enumerable.Range(0, 12).Select(seed => Task.Run(
            async () =>
            {
                var order = new Random(seed);
                await Publisher.PublishAsync([.. keys.OrderBy(_ => order.Next()).Select(key => Message(_org, key: key))], Cancel);
            },
            Cancel)));

        Assert.Equal(800, await CountAsync());
        await AssertNoDeadlocksAsync();
    }

    [Fact]
    public async Task The_same_key_of_another_organization_is_another_event()
    {
        var other = Guid.NewGuid();
        await AddWebhookAsync(_org);
        await AddWebhookAsync(other);
        var own = Guid.CreateVersion7().ToString();

        var published = await Publisher.PublishAsync(
            [Message(_org, key: "k"), Message(other, key: "k"), Message(_org, key: own), Message(other, key: own)], Cancel);

        Assert.NotEqual(published[0].Id, published[1].Id);
        Assert.All(published, answer => Assert.Single(answer.NewDeliveries));
        Assert.Equal(4, await CountAsync());
    }

    [Fact]
    public async Task A_key_that_comes_twice_in_one_call_is_one_event()
    {
        await AddWebhookAsync(_org);
        var own = Guid.CreateVersion7().ToString();

        var published = await Publisher.PublishAsync(
            [Message(_org, key: "k"), Message(_org), Message(_org, key: "k"), Message(_org, key: own),
                Message(_org, key: own.ToUpperInvariant())], Cancel);

        Assert.Equal(published[0].Id, published[2].Id);
        Assert.Equal(published[3].Id, published[4].Id);
        Assert.Equal(3, published.Select(answer => answer.Id).Distinct().Count());
        Assert.All(published, answer => Assert.Equal(1, answer.Deliveries));
        Assert.Equal([1, 1, 0, 1, 0], published.Select(answer => answer.NewDeliveries.Count));
        Assert.Equal(3, await CountAsync());
    }

    [Theory]
    [InlineData(-7 * 24 * 60)]
    [InlineData(0)]
    [InlineData(5)]
    public async Task A_UUIDv7_of_about_now_is_the_event_id(int minutes)
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds());
        var key = Guid.CreateVersion7(now.AddMinutes(minutes));
        var published = Assert.Single(await PublisherAt(now).PublishAsync([Message(_org, key: key.ToString())], Cancel));
        Assert.Equal(key, published.Id);
        Assert.Equal(key, await QueryAsync<Guid>("SELECT event_id FROM event_keys WHERE org_id = $1 AND key = $2", _org, key.ToString()));
    }

    [Theory]
    [InlineData(-7 * 24 * 60 * 60 - 1)]
    [InlineData(5 * 60 + 1)]
    public async Task A_UUIDv7_of_another_time_is_a_key_like_any_other(int seconds)
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds());
        var key = Guid.CreateVersion7(now.AddSeconds(seconds)).ToString();
        await AssertIsLookedUpAsync(PublisherAt(now), key);
    }

    [Fact]
    public async Task Other_UUIDs_are_keys_like_any_other()
    {
        await AssertIsLookedUpAsync(Publisher, Guid.NewGuid().ToString());
        await AssertIsLookedUpAsync(Publisher, Guid.CreateVersion7().ToString("N"));
        await AssertIsLookedUpAsync(Publisher, Guid.AllBitsSet.ToString());
        await AssertIsLookedUpAsync(Publisher, Guid.CreateVersion7().ToString()[..19] + "0000-000000000000");
    }

    [Fact]
    public async Task A_key_is_forgotten_after_seven_days()
    {
        await AddWebhookAsync(_org);
        var first = Assert.Single(await Publisher.PublishAsync([Message(_org, key: "k")], Cancel));
        await ExecuteAsync("UPDATE event_keys SET created_at = now() - interval '7 days 1 second'");
        var second = Assert.Single(await Publisher.PublishAsync([Message(_org, key: "k")], Cancel));
        var third = Assert.Single(await Publisher.PublishAsync([Message(_org, key: "k")], Cancel));

        Assert.NotEqual(first.Id, second.Id);
        Assert.Equal(second.Id, third.Id);
    }

    [Fact]
    public async Task Answers_are_in_the_order_of_the_messages()
    {
        await AddWebhookAsync(_org, "user.created");
        string[] types = ["user.deleted", "user.created", "invoice.paid", "user.created"];

        var published = await Publisher.PublishAsync([.. types.Select(type => Message(_org, type))], Cancel);

        Assert.Equal(types, published.Select(answer => answer.Event));
        Assert.Equal([0, 1, 0, 1], published.Select(answer => answer.Deliveries));
        foreach (var answer in published.Where(answer => answer.Deliveries > 0))
        {
            Assert.Equal(
                answer.NewDeliveries, await QueryAllAsync<Guid>("SELECT id FROM webhook_deliveries WHERE event_id = $1", answer.Id));
        }
    }

    [Fact]
    public async Task All_events_are_published_or_none()
    {
        await AddWebhookAsync(_org);
        await Assert.ThrowsAsync<PostgresException>(
            () => Publisher.PublishAsync([Message(_org, key: "k"), Message(_org, data: "{")], Cancel));
        Assert.Equal(0, await CountAsync());
        Assert.Equal(0, await QueryAsync<long>("SELECT count(*) FROM event_keys"));
    }

    [Fact]
    public async Task A_thousand_events_to_several_webhooks_are_published_at_once()
    {
        for (var count = 0; count < 5; count++)
        {
            await AddWebhookAsync(_org);
        }

        var ids = await PublishManyAsync(_org, 1000);
        Assert.Equal(5000, ids.Distinct().Count());
        Assert.Equal(5000, await CountAsync());
    }

    [Fact]
    public async Task The_delivery_id_follows_from_event_and_webhook_and_carries_the_events_time()
    {
        var webhook = await AddWebhookAsync(_org);
        var key = Guid.CreateVersion7(DateTimeOffset.UtcNow.AddDays(-2));

        var published = Assert.Single(await Publisher.PublishAsync([Message(_org, key: key.ToString())], Cancel));

        var hash = SHA256.HashData([.. key.ToByteArray(bigEndian: true), .. webhook.ToByteArray(bigEndian: true)]);
        var bits = Convert.ToHexStringLower(hash);
        var id = Assert.Single(published.NewDeliveries);
        Assert.Equal($"{key.ToString()[..14]}7{bits[..3]}-8{bits[3..6]}-{bits[6..18]}", id.ToString());
        Assert.Equal(UuidV7.TimeOf(key), UuidV7.TimeOf(id));
    }

    [Fact]
    public async Task New_deliveries_are_announced_and_repeated_ones_are_not()
    {
        await AddWebhookAsync(_org);
        var announced = new ConcurrentQueue<string>();
        await using var listener = await Database.OpenConnectionAsync(Cancel);
        listener.Notification += (_, notification) => announced.Enqueue(notification.Channel + notification.Payload);
        await using (var listen = new NpgsqlCommand("LISTEN webhook_deliveries; LISTEN done", listener))
        {
            await listen.ExecuteNonQueryAsync(Cancel);
        }

        await Publisher.PublishAsync([Message(_org, key: "k"), Message(_org)], Cancel);
        await Publisher.PublishAsync([Message(_org, key: "k")], Cancel);
        await Publisher.PublishAsync([Message(Guid.NewGuid())], Cancel);
        await ExecuteAsync("NOTIFY done");

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(_patience);
        while (!announced.Contains("done"))
        {
            await listener.WaitAsync(limit.Token);
        }

        Assert.Equal(["webhook_deliveries", "done"], announced);
    }

    [Fact]
    public async Task Each_accepted_event_is_one_line_in_the_log_without_its_data()
    {
        await AddWebhookAsync(_org);
        var log = new LogLines<EventPublisher>();
        var publisher = PublisherOn(Database, log: log);

        var published = await publisher.PublishAsync([Message(_org, data: "\"private\""), Message(_org, "invoice.paid", key: "k")], Cancel);

        Assert.Equal(2, log.Lines.Count);
        Assert.All(log.Lines.Zip(published), pair =>
        {
            Assert.Contains("webhook", pair.First, StringComparison.Ordinal);
            Assert.Contains(pair.Second.Id.ToString(), pair.First, StringComparison.Ordinal);
            Assert.Contains(pair.Second.Event, pair.First, StringComparison.Ordinal);
            Assert.Contains(_org.ToString(), pair.First, StringComparison.Ordinal);
            Assert.Contains("1 deliveries", pair.First, StringComparison.Ordinal);
            Assert.DoesNotContain("private", pair.First, StringComparison.Ordinal);
        });
    }

    private EventPublisher PublisherAt(DateTimeOffset now) => PublisherOn(Database, new FakeTimeProvider(now));

    private Task<long> CountAsync() => QueryAsync<long>("SELECT count(*) FROM webhook_deliveries");

    private async Task AssertDeliveredAsync(string data)
    {
        var claim = Assert.Single(await Deliveries.ClaimDueAsync(1, TimeSpan.FromMinutes(1), Cancel));
        var delivered = JsonNode.Parse(Encoding.UTF8.GetString(claim.Body.Span))?["data"];
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(data), delivered), $"{data} was delivered as {delivered?.ToJsonString()}");
    }

    private async Task AssertIsLookedUpAsync(EventPublisher publisher, string key)
    {
        var first = Assert.Single(await publisher.PublishAsync([Message(_org, key: key)], Cancel));
        var second = Assert.Single(await publisher.PublishAsync([Message(_org, key: key)], Cancel));
        Assert.NotEqual(key, first.Id.ToString());
        Assert.Equal(first.Id, second.Id);
        Assert.Equal(first.Id, await QueryAsync<Guid>("SELECT event_id FROM event_keys WHERE org_id = $1 AND key = $2", _org, key));
    }
}
