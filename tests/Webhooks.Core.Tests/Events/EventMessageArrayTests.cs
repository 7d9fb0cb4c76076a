using Webhooks.Core.Events;
using Webhooks.Testing;
using static Webhooks.Core.Tests.Events.Message;

namespace Webhooks.Core.Tests.Events;

public sealed class EventMessageArrayTests
{
    private static readonly EventMessageReader _reader = BuiltInEventTypes.Reader();
    private static readonly Guid _orgId = Guid.Parse(OrgId);

    [Fact]
    public void One_message_is_not_an_array()
    {
        var read = _reader.ReadMany(Utf8("""{"event":"user.created","data":{}}"""), _orgId);

        Assert.False(read.IsArray);
        Assert.Single(read.Messages);
    }

    [Fact]
    public void An_array_is_read_in_order()
    {
        var read = _reader.ReadMany(
            Utf8("\uFEFF \r\n\t[ {\"event\":\"user.created\",\"data\":{}} , {\"event\":\"user.login\",\"data\":{\"n\":[1]}} ] "), _orgId);

        Assert.Empty(read.Errors);
        Assert.True(read.IsArray);
        Assert.Equal(["user.created", "user.login"], read.Messages.Select(message => message.Event));
        Assert.Equal("""{"n":[1]}"""u8, read.Messages[1].Data.Span);
    }

    [Fact]
    public void One_bad_message_refuses_them_all_and_is_named_by_its_place()
    {
        var read = _reader.ReadMany(Utf8("""
            [{"event":"user.created","data":{}},{"event":"user.create","data":{"list":[1e999]}},7,{"event":"user.login","data":{},"id":"\n"}]
            """), _orgId);

        Assert.True(read.IsArray);
        Assert.Empty(read.Messages);
        Assert.Equal(["[1].data.list[0]", "[1].event", "[2]", "[3].id"], read.Errors.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void An_empty_array_is_refused() =>
        Assert.Equal("The array is empty. Send at least one event.", OnlyError(_reader, "[]"));

    [Theory]
    [InlineData("[")]
    [InlineData("[{}")]
    [InlineData("[{},]")]
    [InlineData("[{}] []")]
    [InlineData("[{}]]")]
    public void A_broken_array_is_refused(string text) =>
        Assert.StartsWith("It is not valid JSON", OnlyError(_reader, text), StringComparison.Ordinal);

    [Fact]
    public void An_array_holds_a_limited_number_of_events()
    {
        var reader = BuiltInEventTypes.Reader(new WebhooksLimits { EventsPerRequest = 2 });
        var one = """{"event":"user.created","data":{}}""";

        Assert.Equal(2, reader.ReadMany(Utf8($"[{one},{one}]"), _orgId).Messages.Count);
        Assert.Equal("An array may hold 2 events at most. Send the others in another request.", OnlyError(reader, $"[{one},{one},{one}]"));
    }

    [Fact]
    public void Each_event_and_the_whole_array_have_their_limits()
    {
        var reader = BuiltInEventTypes.Reader(new WebhooksLimits { EventBytes = 50, PublishBytes = 120 });
        var small = """{"event":"user.created","data":{}}""";
        var large = """{"event":"user.created","data":{"text":"0123456789"}}""";

        Assert.Empty(reader.ReadMany(Utf8($"[{small},{small},{small}]"), _orgId).Errors);
        Assert.Equal(["[1]"], reader.ReadMany(Utf8($"[{small},{large}]"), _orgId).Errors.Keys);
        Assert.Contains("120 are allowed at most", OnlyError(reader, $"[{small},{small},{small},{small}]"), StringComparison.Ordinal);
    }

    [Fact]
    public void Levels_are_counted_for_each_message()
    {
        var data = string.Concat(Enumerable.Repeat("{\"a\":", 62)) + "{}" + new string('}', 62);

        Assert.Empty(_reader.ReadMany(Utf8($$"""[{"event":"user.created","data":{{data}}}]"""), _orgId).Errors);
    }

    private static string OnlyError(EventMessageReader reader, string text)
    {
        var read = reader.ReadMany(Utf8(text), _orgId);
        Assert.True(read.IsArray);
        Assert.Empty(read.Messages);
        var error = Assert.Single(read.Errors);
        Assert.Equal("", error.Key);
        return Assert.Single(error.Value);
    }
}
