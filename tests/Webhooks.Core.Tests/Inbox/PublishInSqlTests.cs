using System.Text;
using System.Text.Json.Nodes;
using Npgsql;
using Webhooks.Core.Events;
using Webhooks.Core.EventTypes;
using Webhooks.Core.Organizations;
using Webhooks.Testing;

namespace Webhooks.Core.Tests.Inbox;

/// <summary>What <c>publish_webhook_event</c> accepts, what it refuses, and with which words.</summary>
public sealed class PublishInSqlTests : InboxTest
{
    private static readonly string _deep = string.Concat(Enumerable.Repeat("""{"a":""", 62)) + "{}" + new string('}', 62);

    [Fact]
    public async Task What_is_committed_is_delivered_and_what_is_rolled_back_never_was()
    {
        var webhook = await AddWebhookAsync(Org);
        await using var connection = await Database.OpenConnectionAsync(Cancel);
        await using (var kept = await connection.BeginTransactionAsync(Cancel))
        {
            await PublishInSqlAsync(Org, "invoice.paid", """{"total":12.50}""", id: "kept", timestamp: "2026-08-03T12:30:01.0051Z", on: connection);
            await FanOutAsync();
            Assert.Equal(0, await CountAsync("webhook_deliveries"));
            await kept.CommitAsync(Cancel);
        }

        await using (var given = await connection.BeginTransactionAsync(Cancel))
        {
            await PublishInSqlAsync(Org, id: "given up", on: connection);
            await given.RollbackAsync(Cancel);
        }

        await FanOutAsync();

        Assert.Equal(
            $$"""{"data": {"total": 12.50}, "event": "invoice.paid", "timestamp": "2026-08-03T12:30:01.005Z", "webhook_id": "{{webhook}}"}""",
            await QueryAsync<string>("SELECT payload::text FROM webhook_deliveries"));
        Assert.Equal(["kept"], await QueryAllAsync<string>("SELECT key FROM event_keys"));
        Assert.Equal(0, await CountAsync("event_inbox"));
    }

    [Fact]
    public async Task Whatever_an_event_message_has_comes_to_its_deliveries()
    {
        await AddWebhookAsync(Org);
        var before = DateTimeOffset.UtcNow.AddSeconds(-1);
        var start = DateTimeOffset.UtcNow.AddDays(1).ToString("O");
        const string Trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

        var id = await PublishInSqlAsync(Org, traceParent: Trace, deliverAt: start, orderingKey: "customer 7");
        Assert.Equal(Trace, Assert.Single(await Inbox.TakeAsync(1, Cancel)).Message.TraceParent);
        await ExecuteAsync("UPDATE event_inbox SET due_at = now()");
        await FanOutAsync();

        Assert.Equal(7, id.Version);
        Assert.InRange(UuidV7.TimeOf(id)!.Value, before.AddMilliseconds(-1), DateTimeOffset.UtcNow.AddSeconds(1));
        Assert.Equal(1, await QueryAsync<long>(
            """
            SELECT count(*) FROM webhook_deliveries
            WHERE event_id = $1 AND deliver_at = $2::text::timestamptz AND next_attempt_at = deliver_at
              AND ordering_key = 'customer 7' AND status = 'pending' AND (payload ->> 'timestamp')::timestamptz > now() - interval '1 minute'
            """,
            id, start));
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task What_is_refused_is_refused_with_the_words_of_an_event_message(string field, string message)
    {
        var json = JsonNode.Parse(message)!.AsObject();
        var limits = new WebhooksLimits { EventBytes = 300_000 };
        await ExecuteAsync("UPDATE inbox_limits SET event_bytes = 300000");
        var read = BuiltInEventTypes.Reader(limits).Read(Encoding.UTF8.GetBytes(message), orgId: null);
        var (refusedField, words) = Assert.Single(read.Errors);

        var error = await RefusedAsync(() => PublishInSqlAsync(
            json["org_id"] is { } org ? Guid.Parse(org.GetValue<string>()) : null,
            json["event"]?.GetValue<string>(),
            json.ContainsKey("data") ? json["data"]?.ToJsonString() ?? "null" : null,
            json["id"]?.GetValue<string>(),
            json["timestamp"]?.GetValue<string>(),
            json["traceparent"]?.GetValue<string>(),
            json["deliver_at"]?.GetValue<string>(),
            json["ordering_key"]?.GetValue<string>()));

        Assert.Equal("WH004", error.SqlState);
        Assert.Equal(field, error.ColumnName);
        Assert.StartsWith(field, refusedField, StringComparison.Ordinal);
        if (field == "deliver_at")
        {
            // Both say what time it is.
            Assert.StartsWith(Assert.Single(words).Split("and now")[0], error.MessageText[(field.Length + 2)..], StringComparison.Ordinal);
        }
        else
        {
            Assert.Equal($"{field}: {Assert.Single(words)}", error.MessageText);
        }

        Assert.Equal(0, await CountAsync("event_inbox"));
    }

    public static TheoryData<string, string> Refusals()
    {
        var cases = new TheoryData<string, string>();
        Add("org_id", message => message.Remove("org_id"));
        Add("event", message => message.Remove("event"));
        Add("data", message => message.Remove("data"));
        foreach (var unknown in new[]
        {
            "user.craeted", "user.signup", "payment.fail", "email_verified", "invoice", " User.Created ", "nothing.like.it", "a", "",
            "device.ofline\u0007\u200b", new string('x', 65), "subscription.payment_faild",
        })
        {
            Add("event", message => message["event"] = unknown);
        }

        foreach (var data in new[]
        {
            // The last is longer when it is printed: ", " for each comma.
            "[]", "\"text\"", "7", "true", "null", $$"""{"list":[{{string.Join(',', Enumerable.Repeat(1, 100_100))}}]}""",
        })
        {
            Add("data", message => message["data"] = JsonNode.Parse(data));
        }

        Add("id", message => message["id"] = "");
        Add("id", message => message["id"] = new string('k', 256));
        Add("id", message => message["id"] = string.Concat(Enumerable.Repeat("\ud83d\ude00", 128)));
        Add("id", message => message["id"] = "line\nbreak");
        Add("ordering_key", message => message["ordering_key"] = new string('k', 129));
        Add("ordering_key", message => message["ordering_key"] = "turned\u202eround");
        Add("timestamp", message => message["timestamp"] = "1969-12-31T23:59:59Z");
        Add("deliver_at", message => message["deliver_at"] = DateTimeOffset.UtcNow.AddDays(8).ToString("O"));
        Add("traceparent", message => message["traceparent"] = "00-00000000000000000000000000000000-b7ad6b7169203331-01");
        Add("traceparent", message => message["traceparent"] = "0af7651916cd43dd8448eb211c80319c");
        return cases;

        void Add(string field, Action<JsonObject> change)
        {
            var message = new JsonObject
            {
                ["org_id"] = "7c9e6679-7425-40de-944b-e07fc1f90ae7",
                ["event"] = "user.created",
                ["data"] = new JsonObject(),
            };
            change(message);
            cases.Add(field, message.ToJsonString());
        }
    }

    [Theory]
    [InlineData("""{"n":1e400}""", false)]
    [InlineData("""{"a":[{"n":-1e400}]}""", false)]
    [InlineData("""{"n":1e399}""", true)]
    [InlineData("""{"n":1e-400}""", true)]
    [InlineData("""{"n":1e-401}""", false)]
    public async Task A_number_may_have_as_many_digits_as_in_an_event_message(string data, bool accepted)
    {
        Assert.Equal(accepted, BuiltInEventTypes.Reader().Read(
            Encoding.UTF8.GetBytes($$"""{"org_id":"{{Org}}","event":"user.created","data":{{data}}}"""), orgId: null).Errors.Count == 0);
        await AssertAcceptedAsync(data, accepted);
    }

    [Fact]
    public async Task A_text_of_many_digits_is_no_number() => await AssertAcceptedAsync($$"""{"text":"{{new string('7', 500)}}"}""", true);

    [Fact]
    public async Task Data_may_be_as_deep_as_in_an_event_message()
    {
        await AssertAcceptedAsync(_deep, true);
        await AssertAcceptedAsync($$"""{"a":{{_deep}}}""", false);
        await AssertAcceptedAsync($$"""{"a":[{{_deep}}]}""", false);
    }

    [Fact]
    public async Task Every_character_that_an_id_may_not_have_is_the_same_for_both()
    {
        var characters = Enumerable.Range(1, char.MaxValue).Select(code => (char)code).Where(code => !char.IsSurrogate(code)).ToArray();

        var refused = await QueryAllAsync<string>(
            "SELECT letter FROM unnest($1) AS letter WHERE letter ~ webhook_unprintable() ORDER BY ascii(letter)",
            (object)characters.Select(letter => letter.ToString()).ToArray());

        Assert.Equal(characters.Where(letter => !Excerpt.IsPrintable(letter)).Select(letter => letter.ToString()), refused);
    }

    [Fact]
    public async Task The_nearest_event_types_are_the_same_for_both()
    {
        var known = EventCatalog.BuiltIn.All.Select(type => type.Name).ToArray();
        var random = new Random(7);
        var written = Enumerable.Range(0, 300).Select(_ => Slip(known[random.Next(known.Length)])).ToArray();

        var nearest = await QueryAllAsync<string>(
            """
            SELECT array_to_string(webhook_nearest_event_types(word), ' ') FROM unnest($1) WITH ORDINALITY AS written (word, place) ORDER BY place
            """,
            (object)written);

        Assert.Equal(written.Select(word => string.Join(' ', EventCatalog.BuiltIn.Nearest(word))), nearest);

        string Slip(string name)
        {
            for (var slips = random.Next(1, 6); slips > 0 && name.Length > 1; slips--)
            {
                var at = random.Next(name.Length - 1);
                name = random.Next(4) switch
                {
                    0 => name.Remove(at, 1),
                    1 => name.Insert(at, "e"),
                    2 => $"{name[..at]}{name[at + 1]}{name[at]}{name[(at + 2)..]}",
                    _ => name[..(at + 1)],
                };
            }

            return name;
        }
    }

    [Fact]
    public async Task A_new_event_type_is_published_at_once_and_an_archived_one_still()
    {
        await AddWebhookAsync(Org);
        await ExecuteAsync(
            "INSERT INTO event_types (name, category, description, sample, archived) VALUES ('order.placed', 'Order', 'One.', '{}', true)");
        await PublishInSqlAsync(Org, "order.placed");
        await FanOutAsync();
        Assert.Equal("order.placed", await QueryAsync<string>("SELECT event FROM webhook_deliveries"));
    }

    [Fact]
    public async Task The_same_event_again_changes_nothing_however_it_comes()
    {
        await AddWebhookAsync(Org);
        const string Time = "2026-08-03T12:30:01.005Z";
        var id = await PublishInSqlAsync(Org, data: """{"a":1,"b":2}""", id: "once", timestamp: Time);
        Assert.Equal(id, await PublishInSqlAsync(Org, data: """{"b":2,"a":1}""", id: "once", timestamp: "2026-08-03T14:30:01.0059+02:00"));
        await FanOutAsync();
        Assert.Equal(id, await PublishInSqlAsync(Org, data: """{"a":1,"b":2}""", id: "once", timestamp: Time));

        var published = await Publisher.PublishAsync(
            [Message(Org, data: """{"a":1,"b":2}""", key: "once", timestamp: DateTimeOffset.Parse(Time))], Cancel);

        Assert.Equal((id, 1, 0), (published[0].Id, published[0].Deliveries, published[0].NewDeliveries.Count));
        Assert.Equal(1, await CountAsync("webhook_deliveries"));
        Assert.Equal(0, await CountAsync("event_inbox"));
    }

    [Fact]
    public async Task An_event_that_is_published_again_over_HTTP_before_it_is_fanned_out_is_stored_once()
    {
        await AddWebhookAsync(Org);
        var id = await PublishInSqlAsync(Org, id: "once");

        var published = await Publisher.PublishAsync([Message(Org, key: "once")], Cancel);
        await FanOutAsync();

        Assert.Equal((id, 1), (published[0].Id, published[0].Deliveries));
        Assert.Equal(1, await CountAsync("webhook_deliveries"));
        Assert.Equal(1, await QueryAsync<int>("SELECT deliveries FROM event_keys"));
    }

    [Fact]
    public async Task Twice_in_one_transaction_it_is_one_event()
    {
        await AddWebhookAsync(Org);
        await using var connection = await Database.OpenConnectionAsync(Cancel);
        await using var transaction = await connection.BeginTransactionAsync(Cancel);
        Assert.Equal(await PublishInSqlAsync(Org, id: "once", on: connection), await PublishInSqlAsync(Org, id: "once", on: connection));
        Assert.Equal("WH001", (await RefusedAsync(() => PublishInSqlAsync(Org, data: """{"a":1}""", id: "once", on: connection))).SqlState);
    }

    [Theory]
    [InlineData(false, "The id was used for another event within the last 7 days; what differs is: event, timestamp, data. ")]
    [InlineData(true, "The id was used for another event within the last 7 days; what differs is: event, timestamp, data. ")]
    public async Task Another_event_under_the_same_id_is_refused_with_the_words_of_the_API(bool publishedOverHttp, string beginning)
    {
        if (publishedOverHttp)
        {
            await Publisher.PublishAsync([Message(Org, key: "once")], Cancel);
        }
        else
        {
            await PublishInSqlAsync(Org, id: "once");
        }

        var error = await RefusedAsync(() => PublishInSqlAsync(Org, "user.deleted", """{"a":1}""", "once", "2026-08-03T12:30:01Z"));

        Assert.Equal("WH001", error.SqlState);
        Assert.Equal(new ReusedKeyException(0, ["event", "timestamp", "data"]).Message, error.MessageText);
        Assert.StartsWith(beginning, error.MessageText, StringComparison.Ordinal);
        Assert.Equal("id", error.ColumnName);
        await PublishInSqlAsync(Guid.NewGuid(), "user.deleted", id: "once");
    }

    [Fact]
    public async Task An_id_is_free_again_after_seven_days()
    {
        var first = await PublishInSqlAsync(Org, id: "again");
        await FanOutAsync();
        await ExecuteAsync("UPDATE event_keys SET created_at = now() - interval '7 days 1 second'");

        var second = await PublishInSqlAsync(Org, data: """{"a":1}""", id: "again");

        Assert.NotEqual(first, second);
        Assert.Equal(second, await PublishInSqlAsync(Org, data: """{"a":1}""", id: "again"));
        Assert.Equal(1, await CountAsync("event_inbox"));
    }

    [Fact]
    public async Task A_UUIDv7_of_about_now_is_the_events_own_id_and_an_older_one_is_a_key()
    {
        var now = DateTimeOffset.UtcNow;
        foreach (var (time, isOwn) in new[]
        {
            (now, true), (now.AddDays(-6.99), true), (now.AddDays(-7.01), false), (now.AddMinutes(4), true), (now.AddMinutes(6), false),
        })
        {
            var own = Guid.CreateVersion7(time);
            Assert.Equal(isOwn, own == await PublishInSqlAsync(Org, id: own.ToString().ToUpperInvariant()));
        }
    }

    [Fact]
    public async Task An_erased_organization_gets_nothing()
    {
        await AddWebhookAsync(Org);
        var late = await PublishInSqlAsync(Org, id: "before");
        await ExecuteAsync("UPDATE organizations SET erasing_since = now()");

        var error = await RefusedAsync(() => PublishInSqlAsync(Org));
        Assert.Equal("WH003", error.SqlState);
        Assert.Equal(new ErasedOrganizationException(Org).Message, error.MessageText);

        await FanOutAsync();
        Assert.NotEqual(Guid.Empty, late);
        Assert.Equal(0, await CountAsync("webhook_deliveries"));
        Assert.Equal(0, await CountAsync("event_inbox"));
        Assert.Equal(0, await CountAsync("event_keys"));
    }

    private async Task AssertAcceptedAsync(string data, bool accepted)
    {
        if (accepted)
        {
            await PublishInSqlAsync(Org, data: data);
        }
        else
        {
            Assert.Equal("data", (await RefusedAsync(() => PublishInSqlAsync(Org, data: data))).ColumnName);
        }
    }

    private static Task<PostgresException> RefusedAsync(Func<Task> publish) => Assert.ThrowsAsync<PostgresException>(publish);
}
