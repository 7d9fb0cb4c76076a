using System.Text;
using Webhooks.Core.Events;
using Webhooks.Core.Tests.Events;
using Webhooks.Testing;

namespace Webhooks.Core.Tests.CloudEvents;

/// <summary>Events of CloudEvents 1.0 in the place of event messages.</summary>
public sealed class CloudEventReadingTests
{
    private const string TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private const string Least = """
        "specversion":"1.0","id":"1","source":"/users","type":"user.created","data":{}
        """;

    private static readonly EventMessageReader _reader = BuiltInEventTypes.Reader();
    private static readonly Guid _orgId = Guid.Parse(Message.OrgId);

    [Fact]
    public void Its_attributes_are_the_fields_of_an_event_message()
    {
        var message = Accepted(
            $$$"""
            {
              "specversion": "1.0", "type": "user.created", "source": "https://example.com/users", "id": "A234-1234-1234",
              "time": "2026-08-01T14:00:00.250+02:00", "datacontenttype": "application/json; charset=utf-8", "subject": "42",
              "dataschema": null, "orgid": "{{{_orgId}}}", "traceparent": "{{{TraceParent}}}", "other": 7,
              "data": { "specversion": "2", "name": "Zoë" }
            }
            """,
            orgId: null);

        Assert.Equal(_orgId, message.OrgId);
        Assert.Equal("user.created", message.Event);
        Assert.Equal("""{ "specversion": "2", "name": "Zoë" }""", Encoding.UTF8.GetString(message.Data.Span));
        Assert.Equal(new DateTimeOffset(2026, 8, 1, 12, 0, 0, 250, TimeSpan.Zero), message.Timestamp);
        Assert.Equal(TraceParent, message.TraceParent);
    }

    [Fact]
    public void Source_and_id_together_are_the_idempotency_key()
    {
        string[] events =
        [
            Event("a", "1"), Event("a", "1"), Event("b", "1"), Event("a", "11"), Event("a1", "1"),
            Event(new string('s', 3000), new string('i', 3000)),
        ];

        var keys = events.Select(json => Accepted(json).Key).ToArray();

        Assert.Equal(keys[0], keys[1]);
        Assert.Equal(5, keys.Distinct().Count());
        Assert.All(keys, key => Assert.InRange(key!.Length, 1, 255));

        static string Event(string source, string id) =>
            $$"""{"specversion":"1.0","id":"{{id}}","source":"{{source}}","type":"user.created","data":{} }""";
    }

    [Theory]
    [InlineData("""{"specversion":"0.3","id":"1","source":"/a","type":"user.created","data":{}}""", "specversion")]
    [InlineData("""{"specversion":"1.0","source":"/a","type":"user.created","data":{}}""", "id")]
    [InlineData("""{"specversion":"1.0","id":"1","type":"user.created","data":{}}""", "source")]
    [InlineData("""{"specversion":"1.0","id":"","source":7,"type":"user.created","data":{}}""", "id source")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"/a","data":{}}""", "type")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"/a","type":"user.create","data":{}}""", "type")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"/a","type":"user.created"}""", "data")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"/a","type":"user.created","data":"text"}""", "data")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"/a","type":"user.created","data":{"x":[1e999]}}""", "data.x[0]")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"/a","type":"user.created","data_base64":"e30="}""", "data_base64 data")]
    [InlineData(
        """{"specversion":"1.0","id":"1","source":"/a","type":"user.created","datacontenttype":"text/xml","data":{}}""", "datacontenttype")]
    [InlineData("""{"specversion":"1.0","id":"1","id":"2","source":"/a","type":"user.created","data":{}}""", "id")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"/a","type":"user.created","time":"yesterday","data":{}}""", "time")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"/a","type":"user.created","orgid":"x","data":{}}""", "orgid")]
    [InlineData("""{"specversion":"1.0","id":"\u0000","source":"\ud800","type":"user.created","data":{}}""", "id source")]
    public void What_is_wrong_is_told_by_the_names_of_attributes(string json, string fields)
    {
        var errors = _reader.Read(Encoding.UTF8.GetBytes(json), _orgId).Errors;
        var inArray = _reader.ReadMany(Encoding.UTF8.GetBytes($"[{json}]"), _orgId).Errors;

        Assert.Equal(fields.Split(' ').Order(), errors.Keys.Order());
        Assert.Equal(fields.Split(' ').Select(field => $"[0].{field}").Order(), inArray.Keys.Order());
    }

    [Fact]
    public void An_event_for_another_organization_is_refused() => Assert.Equal(
        ["orgid"], _reader.Read(Encoding.UTF8.GetBytes($$$"""{{{{Least}}},"orgid":"{{{Guid.NewGuid()}}}"}"""), _orgId).Errors.Keys);

    [Fact]
    public void An_array_may_mix_them_with_event_messages()
    {
        var read = _reader.ReadMany(
            Encoding.UTF8.GetBytes($$$"""[{{{{Least}}}},{"event":"user.login","data":{"specversion":"1.0"}}]"""), _orgId);

        Assert.Equal(["user.created", "user.login"], read.Messages.Select(message => message.Event));
        Assert.Equal([false, true], read.Messages.Select(message => message.Key is null));
    }

    [Theory]
    [InlineData("""{"event":"user.created","data":{}}""")]
    [InlineData("[]")]
    public void Where_CloudEvents_are_announced_nothing_else_is_read(string json) =>
        Assert.NotEmpty(_reader.ReadMany(Encoding.UTF8.GetBytes(json), _orgId, areCloudEvents: true).Errors);

    [Theory]
    [InlineData("user.created")]
    [InlineData("Microsoft.EventGrid.SubscriptionValidationEvent")]
    public void An_event_in_Event_Grids_own_schema_is_refused_with_the_setting_to_change(string type)
    {
        var json = $$"""{"id":"1","topic":"t","subject":"s","eventType":"{{type}}","eventTime":"2026-01-01T00:00:00Z","data":{} }""";

        var error = Assert.Single(_reader.ReadMany(Encoding.UTF8.GetBytes($"[{json}]"), _orgId).Errors);
        var queued = Queued(json, base64: true);

        Assert.Equal("[0]", error.Key);
        Assert.Contains("Cloud Event Schema v1.0", Assert.Single(error.Value), StringComparison.Ordinal);
        Assert.Contains("Cloud Event Schema v1.0", queued.ErrorSummary, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_queue_message_may_be_one_plain_or_in_base64(bool base64)
    {
        var read = Queued($$$"""{{{{Least}}},"orgid":"{{{_orgId}}}"}""", base64);

        var message = Assert.Single(read.Messages);
        Assert.Equal(_orgId, message.OrgId);
        Assert.NotNull(message.Key);
        Assert.Null(message.OwnId);
    }

    [Fact]
    public void A_queue_message_without_an_organization_is_refused_with_the_attribute_that_is_missing() =>
        Assert.StartsWith("orgid: ", Queued($$$"""{{{{Least}}}}""", base64: false).ErrorSummary, StringComparison.Ordinal);

    [Fact]
    public void Attributes_and_data_may_come_apart()
    {
        var read = _reader.ReadCloudEvent(Attributes("type", "user.created"), """ {"n":1} """u8.ToArray(), _orgId);
        var without = _reader.ReadCloudEvent(Attributes("type", "user.created"), ReadOnlyMemory<byte>.Empty, _orgId);
        var broken = _reader.ReadCloudEvent(Attributes("type", "user.created"), """{},"type":"user.login" """u8.ToArray(), _orgId);
        var twice = _reader.ReadCloudEvent(Attributes("id", "2"), "{}"u8.ToArray(), _orgId);

        Assert.Equal("user.created", Assert.Single(read.Messages).Event);
        Assert.Equal("""{"n":1}""", Encoding.UTF8.GetString(read.Messages[0].Data.Span).Trim());
        Assert.Equal(["data"], without.Errors.Keys);
        Assert.Equal([""], broken.Errors.Keys);
        Assert.Contains("id", twice.Errors.Keys);

        static IEnumerable<KeyValuePair<string, string>> Attributes(string name, string value) =>
            [new("specversion", "1.0"), new("id", "1"), new("source", "/a"), new(name, value)];
    }

    private static EventMessage Accepted(string json) => Accepted(json, _orgId);

    private static EventMessage Accepted(string json, Guid? orgId)
    {
        var read = _reader.Read(Encoding.UTF8.GetBytes(json), orgId);
        Assert.Empty(read.Errors);
        return Assert.Single(read.Messages);
    }

    private static EventMessages Queued(string json, bool base64)
    {
        var body = Encoding.UTF8.GetBytes(base64 ? Convert.ToBase64String(Encoding.UTF8.GetBytes(json)) : json);
        return new QueuedEvent("message-1", DateTimeOffset.UnixEpoch, Receives: 1, body).Read(_reader);
    }
}
