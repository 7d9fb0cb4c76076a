using System.Text;
using Webhooks.Core.Events;
using Webhooks.Testing;
using static Webhooks.Core.Tests.Events.Message;

namespace Webhooks.Core.Tests.Events;

public sealed class EventMessageReaderTests
{
    private static readonly EventMessageReader _reader = BuiltInEventTypes.Reader();

    [Fact]
    public void A_complete_message_is_read()
    {
        var message = Accepted(Utf8(
            $$"""
            {
              "org_id": "{{OrgId}}",
              "event": "user.created",
              "data": { "name": "Zoë 😀", "tags": [1, 2.50, null, true] },
              "id": "order-17/user-4",
              "timestamp": "2026-08-01T14:00:00.250+02:00"
            }
            """));

        Assert.Equal(Guid.Parse(OrgId), message.OrgId);
        Assert.Equal("user.created", message.Event);
        Assert.Equal("""{ "name": "Zoë 😀", "tags": [1, 2.50, null, true] }""", Encoding.UTF8.GetString(message.Data.Span));
        Assert.Equal("order-17/user-4", message.Key);
        Assert.Equal(new DateTimeOffset(2026, 8, 1, 12, 0, 0, 250, TimeSpan.Zero), message.Timestamp);
        Assert.Equal(TimeSpan.Zero, message.Timestamp!.Value.Offset);
    }

    [Fact]
    public void Id_and_timestamp_may_be_left_out_or_null()
    {
        var without = Accepted(WithData("{}"));
        var withNull = Accepted(With("""
            "id":null,"timestamp":null
            """));

        Assert.Null(without.Key);
        Assert.Null(without.Timestamp);
        Assert.Null(withNull.Key);
        Assert.Null(withNull.Timestamp);
    }

    [Fact]
    public void A_trace_context_is_read_and_may_be_null()
    {
        const string TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

        Assert.Equal(TraceParent, Accepted(With($"\"traceparent\":\"{TraceParent}\"")).TraceParent);
        Assert.Null(Accepted(With("\"traceparent\":null")).TraceParent);
    }

    [Theory]
    [InlineData("\"\"")]
    [InlineData("\"00-0af7651916cd43dd8448eb211c80319c\"")]
    [InlineData("\"00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01\"")]
    [InlineData("\"00-00000000000000000000000000000000-b7ad6b7169203331-01\"")]
    [InlineData("7")]
    public void A_trace_context_that_is_none_is_refused(string value) =>
        Assert.StartsWith("It must be ", Refused(With($"\"traceparent\":{value}"), "traceparent"), StringComparison.Ordinal);

    [Fact]
    public void A_byte_order_mark_is_ignored() =>
        Assert.Equal("user.created", Accepted([0xEF, 0xBB, 0xBF, .. WithData("{}")]).Event);

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("{")]
    [InlineData("{}{}")]
    [InlineData("{} x")]
    [InlineData("{/*c*/}")]
    [InlineData("{\"a\":1,}")]
    [InlineData("{'a':1}")]
    [InlineData("{\"a\":NaN}")]
    [InlineData("{\"a\":01}")]
    [InlineData("{\"a\":\"\t\"}")]
    [InlineData("{\"a\":\"\\x\"}")]
    [InlineData("{\"a\":\"\\u12\"}")]
    [InlineData("{\"a\":tru}")]
    [InlineData("\u0000")]
    public void What_is_not_JSON_is_refused_with_its_place(string text) =>
        Assert.StartsWith("It is not valid JSON: look at line 1, byte ", Refused(Utf8(text), ""), StringComparison.Ordinal);

    [Theory]
    [InlineData(new byte[] { 0xFF })]
    [InlineData(new byte[] { 0xC0, 0xAF })] // An overlong slash.
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 })] // Half of a surrogate pair.
    [InlineData(new byte[] { 0xF5, 0x80, 0x80, 0x80 })] // Beyond Unicode.
    [InlineData(new byte[] { 0xE2, 0x82 })] // Cut off.
    public void What_is_not_UTF_8_is_refused_also_inside_of_data(byte[] bytes)
    {
        var message = WithData("""{"name":"?"}""");
        var at = message.AsSpan().IndexOf((byte)'?');

        Assert.Equal("It is not valid UTF-8.", Refused([.. message[..at], .. bytes, .. message[(at + 1)..]], ""));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("1")]
    [InlineData("null")]
    [InlineData("\"text\"")]
    public void A_message_that_is_no_object_is_refused(string text) =>
        Assert.Equal("An event message is a JSON object with the fields org_id, event and data.", Refused(Utf8(text), ""));

    [Fact]
    public void All_that_is_missing_is_named_at_once() =>
        Assert.Equal(["data", "event", "org_id"], Errors(Utf8("{}")).Keys.Order());

    [Fact]
    public void All_that_is_wrong_is_named_at_once() =>
        Assert.Equal(
            ["data.a", "data.b[1]", "event", "extra", "id", "org_id", "timestamp"],
            Errors(Utf8("""
                {"org_id":"7","event":"x","data":{"a":1e999,"b":[1,"\u0000"]},"id":"","timestamp":"today","extra":1}
                """)).Keys.Order());

    [Theory]
    [InlineData("user.create",
        "'user.create' is not an event type. Did you mean user.created? GET /api/v1/webhooks/events/available lists them all.")]
    [InlineData("alert.x",
        "'alert.x' is not an event type. Did you mean alert.resolved or alert.triggered? "
        + "GET /api/v1/webhooks/events/available lists them all.")]
    [InlineData("order.shipped", "'order.shipped' is not an event type. GET /api/v1/webhooks/events/available lists them all.")]
    [InlineData("*", "'*' is not an event type. GET /api/v1/webhooks/events/available lists them all.")]
    public void An_unknown_event_type_is_refused_with_the_nearest_names(string name, string error) =>
        Assert.Contains(error, Refused(Message.Json(name, "{}"), "event"), StringComparison.Ordinal);

    [Fact]
    public void What_is_quoted_in_an_error_is_short_and_printable()
    {
        var error = Refused(Message.Json("\\n\\u001b[31m\\u202e" + new string('x', 100_000), "{}"), "event");

        Assert.True(error.Length < 200);
        Assert.DoesNotContain(error, character => char.IsControl(character) || character == '\u202e');
    }

    [Theory]
    [InlineData("1", "It must be a string, not a number.")]
    [InlineData("null", "It must be a string, not null.")]
    [InlineData("{\"a\":[1]}", "It must be a string, not an object.")]
    [InlineData("[1]", "It must be a string, not an array.")]
    [InlineData("true", "It must be a string, not true or false.")]
    public void A_field_of_the_wrong_type_is_refused(string value, string error)
    {
        var errors = Errors(Utf8($$"""{"org_id":{{value}},"event":{{value}},"data":{} }"""));

        Assert.Equal([error], errors["org_id"]);
        Assert.Equal([error], errors["event"]);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("null")]
    [InlineData("[{}]")]
    [InlineData("\"{}\"")]
    [InlineData("true")]
    public void Data_other_than_an_object_is_refused(string data) =>
        Assert.StartsWith("It must be a JSON object, not ", Refused(WithData(data), "data"), StringComparison.Ordinal);

    [Fact]
    public void An_unknown_field_is_refused_by_name() =>
        Assert.StartsWith("An event message has no such field.", Refused(With("\"orgId\":1"), "orgId"), StringComparison.Ordinal);

    [Fact]
    public void A_repeated_field_is_refused() =>
        Assert.Equal("The field appears more than once. Keep one.", Refused(With("\"data\":{}"), "data"));

    [Theory]
    [InlineData("""{"a":1,"a":1}""", "data.a")]
    [InlineData("""{"a":1,"\u0061":1}""", "data.a")]
    [InlineData("""{"list":[0,{"b":{"c":1,"c":2}}]}""", "data.list[1].b.c")]
    [InlineData("""{"":1,"":1}""", "data[\"\"]")]
    [InlineData("""{"unit price":1,"unit price":1}""", "data[\"unit price\"]")]
    public void A_repeated_property_is_refused_wherever_it_is(string data, string field) =>
        Assert.Equal("The property appears more than once in its object. Keep one.", Refused(WithData(data), field));

    [Fact]
    public void The_same_name_in_different_objects_is_no_repetition() =>
        Accepted(WithData("""{"a":{"a":1},"b":[{"a":1},{"a":1}]}"""));

    [Theory]
    [InlineData("""{"a":"\u0000"}""", "data.a")]
    [InlineData("""{"a":"x\\\u0000"}""", "data.a")]
    [InlineData("""{"\u0000":1}""", """data["\u0000"]""")]
    [InlineData("""{"list":["","\uD83D\uDE00\u0000"]}""", "data.list[1]")]
    public void A_NUL_character_is_refused(string data, string field) =>
        Assert.Contains("\\u0000", Refused(WithData(data), field), StringComparison.Ordinal);

    [Theory]
    [InlineData("\\ud83d")]
    [InlineData("\\ude00")]
    [InlineData("\\ude00\\ud83d")]
    [InlineData("\\ud83d\\ud83d\\ude00")]
    [InlineData("\\ud83d\\n")]
    [InlineData("\\ud83dx")]
    [InlineData("\\uD83D\\\\uDE00")]
    public void Half_of_a_surrogate_pair_is_refused(string text)
    {
        Assert.Contains("half of a surrogate pair", Refused(WithData($$"""{"a":"{{text}}"}"""), "data.a"), StringComparison.Ordinal);
        Assert.Contains("half of a surrogate pair", Assert.Single(Assert.Single(Errors(WithData($$"""{"{{text}}":1}"""))).Value),
            StringComparison.Ordinal);
        Assert.Contains("half of a surrogate pair", Refused(Message.Json(text, "{}"), "event"), StringComparison.Ordinal);
        Assert.Contains("half of a surrogate pair", Refused(With($"\"{text}\":1"), ""), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\\\\u0000")]
    [InlineData("\\ud83d\\ude00")]
    [InlineData("\\u0001\\u001f\\u007f")]
    [InlineData("\\\"\\/\\b\\f\\n\\r\\t")]
    [InlineData("\\ufffe\\uffff")]
    public void Other_escapes_are_accepted(string text) => Accepted(WithData($$"""{"{{text}}":"{{text}}"}"""));

    [Theory]
    [InlineData("1e400")]
    [InlineData("-1e400")]
    [InlineData("1E+131071")]
    [InlineData("1e-401")]
    [InlineData("0.1e-400")]
    [InlineData("1e99999999999999999999")]
    [InlineData("1e-99999999999999999999")]
    [InlineData("0e2147483648")]
    public void A_number_that_would_be_printed_with_too_many_digits_is_refused(string number) =>
        Assert.Contains("400 digits", Refused(WithData($$"""{"list":[1,{{number}}]}"""), "data.list[1]"), StringComparison.Ordinal);

    [Fact]
    public void A_number_written_out_with_too_many_digits_is_refused()
    {
        Accepted(WithData($$"""{"n":{{new string('9', 400)}}.{{new string('9', 400)}}}"""));
        Refused(WithData($$"""{"n":{{new string('9', 401)}}}"""), "data.n");
        Refused(WithData($$"""{"n":0.{{new string('9', 401)}}}"""), "data.n");
    }

    [Theory]
    [InlineData("1.7976931348623157e308")]
    [InlineData("-4.9406564584124654E-324")]
    [InlineData("1e399")]
    [InlineData("1e-400")]
    [InlineData("1e+000000000000000000000000000000003")]
    [InlineData("-0")]
    [InlineData("-0.0e0")]
    [InlineData("18446744073709551616")]
    public void Every_number_of_double_precision_is_accepted(string number) => Accepted(WithData($$"""{"n":{{number}}}"""));

    [Fact]
    public void Numbers_that_are_short_as_written_must_not_make_the_event_large_as_sent()
    {
        // 20 KB as written, more than a megabyte as jsonb prints it.
        var numbers = string.Join(',', Enumerable.Repeat("1e399", 3400));

        Assert.Contains(
            "262144 bytes when it is written out", Refused(WithData($$"""{"n":[{{numbers}}]}"""), "data"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_may_have_64_levels()
    {
        Accepted(WithData(Nested(levels: 63)));
        var error = Assert.Single(Errors(WithData(Nested(levels: 64))));

        Assert.Equal("data" + string.Concat(Enumerable.Repeat(".a", 63)), error.Key);
        Assert.Contains("64 levels", error.Value[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{\"a\":")]
    public void Absurd_nesting_is_refused(string open)
    {
        var close = open == "[" ? "]" : "}";
        var levels = 200_000 / (open.Length + 1);
        var data = string.Concat(Enumerable.Repeat(open, levels)) + "1" + string.Concat(Enumerable.Repeat(close, levels));

        Assert.NotEmpty(Errors(WithData($$"""{"x":{{data}}}""")));
        Assert.NotEmpty(Errors(With($"\"extra\":{data}")));
        Assert.NotEmpty(Errors(Utf8(data)));
        Assert.NotEmpty(Errors(Utf8(data[..(data.Length / 2)])));
    }

    [Fact]
    public void A_message_beyond_the_limit_is_refused_unread()
    {
        var small = BuiltInEventTypes.Reader(new WebhooksLimits { EventBytes = 100 });

        Assert.Empty(small.Read(WithData("{}"), orgId: null).Errors);
        Assert.Equal("It has 101 bytes; 100 are allowed at most.", Assert.Single(small.Read(new byte[101], orgId: null).Errors[""]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("7c9e6679742540de944be07fc1f90ae7")]
    [InlineData("{7c9e6679-7425-40de-944b-e07fc1f90ae7}")]
    [InlineData("7c9e6679-7425-40de-944b-e07fc1f90ae")]
    [InlineData("7c9e6679-7425-40de-944b-e07fc1f90aez")]
    [InlineData(" 7c9e6679-7425-40de-944b-e07fc1f90ae7")]
    public void An_organization_that_is_no_UUID_is_refused(string orgId) =>
        Assert.StartsWith("It must be a UUID", Refused(Utf8($$"""{"org_id":"{{orgId}}","event":"user.created","data":{} }"""), "org_id"),
            StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("\"org_id\":null,")]
    [InlineData($"\"org_id\":\"{OrgId}\",")]
    [InlineData("\"org_id\":\"7C9E6679-7425-40DE-944B-E07FC1F90AE7\",")]
    public void A_caller_of_one_organization_need_not_name_it(string orgId)
    {
        var read = _reader.Read(Utf8($$"""{{{orgId}}"event":"user.created","data":{} }"""), Guid.Parse(OrgId));

        Assert.Empty(read.Errors);
        Assert.Equal(Guid.Parse(OrgId), Assert.Single(read.Messages).OrgId);
    }

    [Fact]
    public void A_caller_of_one_organization_must_not_name_another()
    {
        var other = Guid.Parse("8d7e2b7a-6a0f-4a52-8c55-2f1f6d1f9b10");

        var read = _reader.Read(WithData("{}"), other);

        Assert.Equal(
            $"It must be {other} or left out: you publish for that organization only.", Assert.Single(Assert.Single(read.Errors).Value));
        Assert.Empty(read.Messages);
    }

    [Fact]
    public void An_id_has_1_to_255_printable_characters()
    {
        Assert.Equal("x", Accepted(With("\"id\":\"x\"")).Key);
        Assert.Equal(255, Accepted(With($"\"id\":\"{new string('x', 255)}\"")).Key!.Length);
        Assert.Contains("1 to 255", Refused(With("\"id\":\"\""), "id"), StringComparison.Ordinal);
        Assert.Contains("1 to 255", Refused(With($"\"id\":\"{new string('x', 256)}\""), "id"), StringComparison.Ordinal);
        Assert.Contains("printable", Refused(With("\"id\":\"a\\nb\""), "id"), StringComparison.Ordinal);
        Assert.Contains("printable", Refused(With("\"id\":\"a\\u2028b\""), "id"), StringComparison.Ordinal);
        Assert.Contains("must be a string", Refused(With("\"id\":17"), "id"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2026-08-01T12:00:00Z", "2026-08-01T12:00:00.0000000")]
    [InlineData("2026-08-01T12:00Z", "2026-08-01T12:00:00.0000000")]
    [InlineData("2026-08-01T12:00:00.1234567891Z", "2026-08-01T12:00:00.1234567")]
    [InlineData("2026-08-01T23:30:00-05:30", "2026-08-02T05:00:00.0000000")]
    [InlineData("1970-01-01T00:00:00Z", "1970-01-01T00:00:00.0000000")]
    [InlineData("9999-12-31T23:59:59Z", "9999-12-31T23:59:59.0000000")]
    [InlineData("2026-08-01T12:00:00\\u005a", "2026-08-01T12:00:00.0000000")]
    [InlineData("2026-08-01t12:00:00z", "2026-08-01T12:00:00.0000000")]
    [InlineData("2026-08-01T12:00:00-00:00", "2026-08-01T12:00:00.0000000")]
    [InlineData("2026-08-01T12:00:00.1z", "2026-08-01T12:00:00.1000000")]
    [InlineData("2016-12-31T23:59:60Z", "2017-01-01T00:00:00.0000000")]
    [InlineData("1990-12-31T15:59:60.25-08:00", "1991-01-01T00:00:00.2500000")]
    public void A_timestamp_is_read_as_UTC(string written, string utc) =>
        Assert.Equal(
            utc, Accepted(With($"\"timestamp\":\"{written}\"")).Timestamp!.Value.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffffff", null));

    [Theory]
    [InlineData("2026-08-01T12:00:00")]
    [InlineData("2026-08-01")]
    [InlineData("2026-08-01 12:00:00Z")]
    [InlineData("2026-02-30T12:00:00Z")]
    [InlineData("2026-08-01T12:00:60Z")]
    [InlineData("2026-08-14T23:59:60Z")]
    [InlineData("9999-12-31T23:59:60Z")]
    [InlineData("2026-08-01T12:00:61Z")]
    [InlineData("2026-08-01T12:00:00.Z")]
    [InlineData("2026-08-01T12:00:00.1.2Z")]
    [InlineData("2026-08-01T12:00:00+1:300")]
    [InlineData("2026-08-01T12:00:00Z ")]
    [InlineData("2026-08-01T12:00:00ZZ")]
    [InlineData("2026-08-01T25:00:00Z")]
    [InlineData("2026-08-01T12:00:00+25:00")]
    [InlineData("1969-12-31T23:59:59Z")]
    [InlineData("1970-01-01T00:00:00+01:00")]
    [InlineData("0000-00-00T00:00:00Z")]
    [InlineData("9999-12-31T23:59:59-14:00")]
    [InlineData("10000-01-01T00:00:00Z")]
    [InlineData("1754049600")]
    [InlineData("Z")]
    [InlineData("")]
    public void A_timestamp_without_offset_or_sense_is_refused(string written) =>
        Assert.StartsWith("It must ", Refused(With($"\"timestamp\":\"{written}\""), "timestamp"), StringComparison.Ordinal);

    [Fact]
    public void A_hostile_message_gets_a_bounded_number_of_errors()
    {
        var fields = string.Join(',', Enumerable.Range(0, 10_000).Select(i => $"\"f{i}\":1"));

        Assert.Equal(20, Errors(Utf8($"{{{fields}}}")).Sum(field => field.Value.Length));
    }

    private static EventMessage Accepted(byte[] message)
    {
        var read = _reader.Read(message, orgId: null);
        Assert.Empty(read.Errors);
        Assert.False(read.IsArray);
        return Assert.Single(read.Messages);
    }

    private static IReadOnlyDictionary<string, string[]> Errors(byte[] message)
    {
        var read = _reader.Read(message, orgId: null);
        Assert.NotEmpty(read.Errors);
        Assert.Empty(read.Messages);
        return read.Errors;
    }

    /// <summary>The only error, which must be that field's.</summary>
    private static string Refused(byte[] message, string field)
    {
        var error = Assert.Single(Errors(message));
        Assert.Equal(field, error.Key);
        return Assert.Single(error.Value);
    }

    private static string Nested(int levels) =>
        string.Concat(Enumerable.Repeat("{\"a\":", levels - 1)) + "{}" + new string('}', levels - 1);
}
