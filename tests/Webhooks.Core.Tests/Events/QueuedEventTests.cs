using System.Text;
using CsCheck;
using Webhooks.Core.Events;

namespace Webhooks.Core.Tests.Events;

public sealed class QueuedEventTests
{
    private const string Text = """{"org_id":"6f0b7c1e-5a2e-4a53-b6f5-6d7f2f1c2a11","event":"user.created","data":{}}""";

    private static readonly DateTimeOffset _inserted = new(2026, 8, 3, 9, 0, 0, TimeSpan.Zero);
    private static readonly EventMessageReader _reader = new(new WebhooksOptions());

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
                Assert.True(string.CompareOrdinal(least.ToString(), id.ToString()) <= 0 && string.CompareOrdinal(id.ToString(), greatest.ToString()) <= 0);
                Assert.Equal(least.ToString()[..13], greatest.ToString()[..13]);
            });
    }

    private static QueuedEvent Queued(string messageId, string text, int receives = 1) =>
        new(messageId, _inserted, receives, Encoding.UTF8.GetBytes(text));

    private static EventMessage Read(QueuedEvent queued) => Assert.Single(queued.Read(_reader).Messages);
}
