using System.Text;
using System.Text.Json;
using CsCheck;
using Npgsql;
using Webhooks.Core.Events;
using Webhooks.Testing;
using static Webhooks.Core.Tests.Events.Message;

namespace Webhooks.Core.Tests.Events;

/// <summary>Whatever the reader is given it survives, and whatever it accepts PostgreSQL accepts.</summary>
public sealed class EventMessagePropertyTests : IAsyncLifetime
{
    private const int PrintableBytes = 20_000;

    private static readonly EventMessageReader _reader =
        BuiltInEventTypes.Reader(new WebhooksLimits { EventBytes = PrintableBytes });

    private static readonly Gen<string> _validString = Gen.OneOf(
        Gen.String[Gen.Char.AlphaNumeric, 0, 8],
        Gen.OneOf("é", "😀", "\\u00e9", "\\ud83d\\ude00", "\\n", "\\\\", "\\\"", "\\/", "\\u0001", "\\u007f", "\u2028", "\uffff",
            "\\\\u0000", " "))
        .Array[0, 4].Select(string.Concat);

    private static readonly Gen<string> _hostileString = Gen.OneOf(
        _validString,
        Gen.OneOf("\\u0000", "\\ud83d", "\\uDE00", "\\u12", "\\", "\"", "\0", "\t", "\\ud83d\\u0041"))
        .Array[0, 3].Select(string.Concat);

    private static readonly Gen<string> _validNumber = Gen.OneOf(
        Gen.Double.Where(double.IsFinite).Select(number => JsonSerializer.Serialize(number)),
        Gen.Long.Select(number => JsonSerializer.Serialize(number)),
        Gen.Select(Gen.Int[0, 99], Gen.Int[0, 999], Gen.Int[-380, 380], (whole, fraction, exponent) => $"{whole}.{fraction}e{exponent}"),
        Gen.OneOf("-0", "0e0", "-0.00E-0", "1e399", "1e-400", "0e+00007"));

    private static readonly Gen<string> _hostileNumber = Gen.OneOf(
        _validNumber,
        Gen.Select(Gen.Int[0, 9], Gen.Int[-200_000, 200_000], (digit, exponent) => $"{digit}e{exponent}"),
        Gen.Int[1, 3000].Select(length => new string('7', length) + "." + new string('7', length)),
        Gen.OneOf("01", "1.", ".5", "+1", "--1", "1e", "NaN", "Infinity", "1e2147483648", "1e-9223372036854775809"));

    private static readonly Gen<string> _validObject =
        Object(_validString, Value(_validString, _validNumber, depth: 4), distinctNames: true);

    private static readonly Gen<string> _hostileObject =
        Object(_hostileString, Value(_hostileString, _hostileNumber, depth: 4), distinctNames: false);

    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public void Any_bytes_are_read_without_an_exception() =>
        Gen.Byte.Array[0, 200].Sample(bytes => IsSound(_reader.Read(bytes, orgId: null)) && IsSound(_reader.ReadMany(bytes, orgId: null)));

    [Fact]
    public void Any_pieces_of_JSON_are_read_without_an_exception() =>
        Gen.OneOf(
                "{", "}", "[", "]", ":", ",", "\"", "\\", "\"data\":", "\"event\":\"user.created\"", "\"org_id\":", $"\"{OrgId}\"",
                "\"id\":", "\"\\ud800\"",
                "\"timestamp\":", "\"2026-08-01T12:00:00Z\"", "1", "1e5000", "null", "true", " ", "\n", "\0", "\uFEFF", "/**/", "é")
            .Array[0, 30]
            .Sample(pieces => IsSound(_reader.Read(Utf8(string.Concat(pieces)), orgId: null)) && IsSound(
                _reader.ReadMany(Utf8("[" + string.Concat(pieces)), orgId: null)));

    [Fact]
    public void Any_change_to_the_bytes_of_a_message_is_read_without_an_exception() =>
        Gen.Select(_hostileObject.Select(WithData), Gen.Select(Gen.Int[0, int.MaxValue], Gen.Byte).Array[0, 4]).Sample((message, changes) =>
        {
            foreach (var (at, value) in changes)
            {
                message[at % message.Length] = value;
            }

            return IsSound(_reader.Read(message, orgId: null));
        });

    [Fact]
    public async Task Any_reasonable_data_is_accepted_and_comes_back_from_jsonb_unchanged() =>
        await _validObject.SampleAsync(
            async data =>
            {
                var message = Assert.Single(_reader.Read(WithData(data), orgId: null).Messages);
                var printed = await PrintedByPostgresAsync(message.Data);
                Assert.True(JsonElement.DeepEquals(Parse(data), Parse(printed)), $"{data} became {printed}");
            },
            iter: 1000);

    [Fact]
    public async Task Whatever_is_accepted_is_held_by_jsonb_and_printed_within_the_limit() =>
        await _hostileObject.SampleAsync(
            async data =>
            {
                foreach (var message in _reader.Read(WithData(data), orgId: null).Messages)
                {
                    var printed = Encoding.UTF8.GetByteCount(await PrintedByPostgresAsync(message.Data));
                    Assert.InRange(printed, 2, PrintableBytes);
                    Assert.InRange(printed, 2, new JsonbInspection(new FieldErrors(), "", levels: 64).Run(message.Data.Span));
                }
            },
            iter: 2000);

    [Fact]
    public async Task What_is_refused_for_its_numbers_or_characters_is_what_jsonb_refuses_or_prints_at_great_length()
    {
        foreach (var data in (string[])["""{"a":"\u0000"}""", """{"a":"\ud83d"}""", """{"a":1e200000}""", """{"a":1e-20000}"""])
        {
            Assert.NotEmpty(_reader.Read(WithData(data), orgId: null).Errors);
            await Assert.ThrowsAsync<PostgresException>(() => PrintedByPostgresAsync(Utf8(data)));
        }

        Assert.True((await PrintedByPostgresAsync(Utf8("""{"a":1e131071}"""))).Length > 131_072);
    }

    private static bool IsSound(EventMessages read) => read.Errors.Count > 0 == (read.Messages.Count == 0);

    private async Task<string> PrintedByPostgresAsync(ReadOnlyMemory<byte> json)
    {
        await using var command = _database.DataSource.CreateCommand("SELECT $1::text::jsonb::text");
        command.Parameters.AddWithValue(Encoding.UTF8.GetString(json.Span));
        return (string)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    private static JsonElement Parse(string json) => JsonElement.Parse(json);

    private static Gen<string> Value(Gen<string> text, Gen<string> number, int depth)
    {
        var scalar = Gen.OneOf(text.Select(value => $"\"{value}\""), number, Gen.OneOf("true", "false", "null"));
        if (depth == 0)
        {
            return scalar;
        }

        var value = Value(text, number, depth - 1);
        return Gen.OneOf(
            scalar,
            value.Array[0, 3].Select(values => $"[{string.Join(',', values)}]"),
            Object(text, value, distinctNames: true));
    }

    private static Gen<string> Object(Gen<string> name, Gen<string> value, bool distinctNames) =>
        Gen.Select(name, value).Array[0, 4].Select(properties =>
        {
            var texts = properties.Select((property, i) => $"\"{property.Item1}{(distinctNames ? i : "")}\":{property.Item2}");
            return $"{{{string.Join(", ", texts)}}}";
        });
}
