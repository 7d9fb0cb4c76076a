using System.Text;
using CsCheck;
using Webhooks.Core.Events;
using Webhooks.Testing;

namespace Webhooks.Core.Tests.Events;

public sealed class QueuedEventTests
{
    private const string Text = """{"org_id":"6f0b7c1e-5a2e-4a53-b6f5-6d7f2f1c2a11","event":"user.created","data":{}}""";

    private static readonly DateTimeOffset _inserted = new(2026, 8, 3, 9, 0, 0, TimeSpan.Zero);
    private static readonly EventMessageReader _reader = BuiltInEventTypes.Reader();

    [Fact]
    public void A_message_that_is_received_twice_has_the_same_id_of_the_time_it_was_sent()
    {
        var first = Read(Queued("message-1", Text));
        var again = Read(Queued("message-1", Text, receives: 2));

        Assert.Equal(first.OwnId, again.OwnId);
        Assert.NotEqual(first.OwnId, Read(Queued("message-2", Text)).OwnId);
        Assert.Equal(_inserted, UuidV7.TimeOf(first.OwnId!.Value));
        Assert.Null(first.Key);
        Assert.False(first.MayBeStored);
        Assert.True(again.MayBeStored);
    }

    [Fact]
    public void The_publishers_own_key_stays()
    {
        var read = Read(Queued("message-1", Text[..^1] + ""","id":"order-17"}""", receives: 2));

        Assert.Equal("order-17", read.Key);
        Assert.Null(read.OwnId);
        Assert.False(read.MayBeStored);
    }

    [Fact]
    public void Base64_is_read_as_what_it_stands_for()
    {
        var base64 = Convert.ToBase64String(Encoding.UTF8.GetBytes(Text));

        Assert.Equal("user.created", Assert.Single(Queued("message-1", base64).Read(_reader).Messages).Event);
    }

    [Fact]
    public void Every_form_of_base64_is_read_as_what_it_stands_for()
    {
        // Has digits of both alphabets, and needs padding.
        var json = Text[..^3] + """{"text":"~~~???>>>~~~"}}""";
        var base64 = Convert.ToBase64String(Encoding.UTF8.GetBytes(json));
        Assert.True(base64.Contains('+') && base64.EndsWith('='));
        string[] forms =
        [
            base64,
            base64.TrimEnd('='),
            base64.Replace('+', '-').Replace('/', '_'),
            base64.Replace('+', '-').Replace('/', '_').TrimEnd('='),
            Convert.ToBase64String(Encoding.UTF8.GetBytes(json), Base64FormattingOptions.InsertLineBreaks),
            string.Join('\n', base64.Chunk(64).Select(line => new string(line))) + "\n",
            Convert.ToBase64String(Encoding.UTF8.GetBytes("\uFEFF" + json)),
            "\uFEFF" + json,
        ];

        Assert.All(forms, form => Assert.Equal("user.created", Assert.Single(Queued("message-1", form).Read(_reader).Messages).Event));
    }

    [Fact]
    public void What_is_not_an_event_message_is_named_with_the_mend()
    {
        const string CloudEvent = """{"specversion":"1.0","type":"user.created","source":"/a","id":"1","data":{}}""";
        const string EventGrid =
            """{"id":"1","topic":"t","subject":"s","eventType":"user.created","eventTime":"2026-01-01T00:00:00Z","data":{}}""";
        var base64 = Convert.ToBase64String(Encoding.UTF8.GetBytes(Text));
        (byte[] Body, string Says)[] messages =
        [
            (Encoding.UTF8.GetBytes(Convert.ToBase64String(Encoding.UTF8.GetBytes(base64))), "base64 of base64"),
            (Encoding.UTF8.GetBytes($"[{Text}]"), "array"),
            (Encoding.UTF8.GetBytes(Convert.ToBase64String(Encoding.UTF8.GetBytes($"[{Text}]"))), "array"),
            (Encoding.UTF8.GetBytes(System.Text.Json.JsonSerializer.Serialize(Text)), "JSON string"),
            (Encoding.UTF8.GetBytes($"[{CloudEvent}]"), "array"),
            (Encoding.UTF8.GetBytes(Convert.ToBase64String(Encoding.UTF8.GetBytes(EventGrid))), "Event Schema"),
            (Encoding.Unicode.GetBytes(Text), "UTF-16"),
            ([0x1F, 0x8B, 8, 0, 1], "gzip"),
            (Encoding.UTF8.GetBytes(" \n"), "empty"),
            ("7"u8.ToArray(), "JSON object"),
        ];

        Assert.All(messages, message =>
        {
            var read = new QueuedEvent("message-1", _inserted, Receives: 1, message.Body).Read(_reader);

            Assert.Empty(read.Messages);
            Assert.Contains(message.Says, read.ErrorSummary, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void A_slip_in_an_event_message_is_told_by_field_as_before() =>
        Assert.Contains("event: ", Queued("message-1", Text.Replace("user.created", "user.craeted")).Read(_reader).ErrorSummary,
            StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("AAAA")]
    [InlineData("rubbish")]
    [InlineData("{")]
    public void What_is_no_event_message_has_errors_and_no_messages(string text)
    {
        var read = Queued("message-1", text).Read(_reader);

        Assert.Empty(read.Messages);
        Assert.NotEmpty(read.Errors);
    }

    [Fact]
    public void An_id_made_of_a_time_and_bytes_is_a_uuid_of_version_7_between_the_bounds_of_its_time()
    {
        Gen.Select(Gen.Long[0, 1L << 46], Gen.Byte.Array[10, 32])
            .Sample((milliseconds, random) =>
            {
                var time = DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
                var id = UuidV7.Create(time, random);
                var (least, greatest) = UuidV7.SameTime(id);
                Assert.Equal(time, UuidV7.TimeOf(id));
                Assert.True(string.CompareOrdinal(least.ToString(), id.ToString()) <= 0
                    && string.CompareOrdinal(id.ToString(), greatest.ToString()) <= 0);
                Assert.Equal(least.ToString()[..13], greatest.ToString()[..13]);
            });
    }

    private static QueuedEvent Queued(string messageId, string text, int receives = 1) =>
        new(messageId, _inserted, receives, Encoding.UTF8.GetBytes(text));

    private static EventMessage Read(QueuedEvent queued) => Assert.Single(queued.Read(_reader).Messages);
}
