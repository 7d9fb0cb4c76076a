using System.Text.Json;
using System.Text.Json.Nodes;
using Webhooks.Core.Events;
using Webhooks.Core.Filters;
using Webhooks.Core.Tests.Postgres;

namespace Webhooks.Core.Tests.Filters;

/// <summary>Filters as PostgreSQL evaluates them.</summary>
public sealed class FilterTests : DatabaseTest
{
    private static readonly string[] _names = ["a", "b", "tags", "na\"me", "π\\"];
    private static readonly string[] _texts =
        ["", "a", "ab", "b", "zz", "a.b", "\"", "\\", "a\nb", "€", "😀", "\uffff", "$", "'; --", "(", "[a", "^a$"];

    private static readonly string[] _numbers = ["0", "1", "2.5", "-1", "1e2", "100.00", "-0", "1E-2"];

    [Theory]
    // A missing field.
    [InlineData("""{"data":{"x":{"$neq":1}}}""", """{}""", true)]
    [InlineData("""{"data":{"x":{"$nin":[1]}}}""", """{}""", true)]
    [InlineData("""{"data":{"x":{"$not":{"$gt":1}}}}""", """{}""", true)]
    [InlineData("""{"data":{"x":{"$exist":false}}}""", """{}""", true)]
    [InlineData("""{"data":{"x":null}}""", """{}""", false)]
    [InlineData("""{"data":{"x":{"$lt":1}}}""", """{}""", false)]
    [InlineData("""{"data":{"x":{"$exist":true}}}""", """{"x":null}""", true)]
    [InlineData("""{"data":{"x":null}}""", """{"x":null}""", true)]
    // A wrong type.
    [InlineData("""{"data":{"x":{"$lt":"5"}}}""", """{"x":4}""", false)]
    [InlineData("""{"data":{"x":{"$lt":5}}}""", """{"x":"4"}""", false)]
    [InlineData("""{"data":{"x":{"$gte":0}}}""", """{"x":true}""", false)]
    [InlineData("""{"data":{"x":{"$gte":0}}}""", """{"x":null}""", false)]
    [InlineData("""{"data":{"x":{"$neq":5}}}""", """{"x":"5"}""", true)]
    [InlineData("""{"data":{"x":{"$not":{"$lt":5}}}}""", """{"x":"4"}""", true)]
    [InlineData("""{"data":{"x":{"$startsWith":"4"}}}""", """{"x":42}""", false)]
    [InlineData("""{"data":{"x":{"y":1}}}""", """{"x":1}""", false)]
    // Arrays.
    [InlineData("""{"data":{"x":true}}""", """{"x":["yes",true]}""", true)]
    [InlineData("""{"data":{"x":{"$neq":"a"}}}""", """{"x":["a","b"]}""", false)]
    [InlineData("""{"data":{"x":{"$neq":"c"}}}""", """{"x":["a","b"]}""", true)]
    [InlineData("""{"data":{"x":{"$nin":["b","c"]}}}""", """{"x":["a","b"]}""", false)]
    [InlineData("""{"data":{"x":{"$contains":"b"}}}""", """{"x":["a","b"]}""", true)]
    [InlineData("""{"data":{"x":{"$contains":5}}}""", """{"x":[4,5]}""", true)]
    [InlineData("""{"data":{"x":{"$exist":true}}}""", """{"x":[]}""", true)]
    [InlineData("""{"data":{"x":1}}""", """{"x":[]}""", false)]
    [InlineData("""{"data":{"x":1}}""", """{"x":[[1]]}""", true)]
    [InlineData("""{"data":{"x":1}}""", """{"x":[[[1]]]}""", false)]
    [InlineData("""{"data":{"items":{"sku":"b"}}}""", """{"items":[{"sku":"a"},{"sku":"b"}]}""", true)]
    [InlineData("""{"data":{"x":{"$gt":1,"$lt":0}}}""", """{"x":[2,-1]}""", true)]
    // Text that could be taken for syntax.
    [InlineData("""{"data":{"x":"\") || true || (\"\" == \""}}""", """{"x":"a"}""", false)]
    [InlineData("""{"data":{"x":"\\\") || exists($"}}""", """{"x":1}""", false)]
    [InlineData("""{"data":{"x\" ? (true)":1}}""", """{"x":1}""", false)]
    [InlineData("""{"data":{"$or":[{"x":"a\\\\"},{"x":"\\\""}]}}""", """{"x":"\""}""", false)]
    [InlineData("""{"data":{"x":{"$endsWith":".*"}}}""", """{"x":"abc"}""", false)]
    [InlineData("""{"data":{"x":{"$endsWith":"(b|c)$"}}}""", """{"x":"a(b|c)$"}""", true)]
    [InlineData("""{"data":{"x":{"$endsWith":"\\d"}}}""", """{"x":"1"}""", false)]
    [InlineData("""{"data":{"x":{"$endsWith":"b"}}}""", """{"x":"ab\n"}""", false)]
    [InlineData("""{"data":{"x":{"$contains":"a.c"}}}""", """{"x":"abc"}""", false)]
    [InlineData("""{"data":{"x":{"$startsWith":"😀"}}}""", """{"x":"😀!"}""", true)]
    [InlineData("""{"data":{"x":{"$lt":"\uffff"}}}""", """{"x":"😀"}""", false)]
    [InlineData("""{"data":{"😀":"\ud83d\ude00"}}""", """{"😀":"😀"}""", true)]
    // Numbers that a double does not hold.
    [InlineData("""{"data":{"x":9007199254740993}}""", """{"x":9007199254740992}""", false)]
    [InlineData("""{"data":{"x":{"$gt":1e300}}}""", """{"x":1e301}""", true)]
    [InlineData("""{"data":{"x":1.0}}""", """{"x":1}""", true)]
    [InlineData("""{"data":{"x":-5}}""", """{"x":-5}""", true)]
    // What is beside the data.
    [InlineData("""{"event":"user.created","timestamp":{"$gte":"2026-01-01T00:00:00.000Z"}}""", "{}", true)]
    [InlineData("""{"event":{"$in":["user.deleted"]}}""", "{}", false)]
    [InlineData("""{"$not":{"event":"user.created"}}""", "{}", false)]
    [InlineData("""{"$or":[{"event":"user.deleted"},{"data":{"x":1}}]}""", """{"x":1}""", true)]
    public async Task A_pattern_means_what_is_written(string pattern, string data, bool matches)
    {
        Assert.Equal(matches, (await TryAsync(pattern, data)).Matches);
        Assert.Equal(matches, NaiveFilter.Matches(JsonNode.Parse(pattern), Payload(data)));
    }

    [Fact]
    public async Task Any_pattern_says_of_any_payload_what_it_says_without_the_database()
    {
        var random = new Random(20261126);
        var (matched, all) = (0, 0);
        for (var round = 0; round < 2000; round++)
        {
            var pattern = new JsonObject { ["data"] = Pattern(random, depth: 3) };
            if (Compile(pattern.ToJsonString()) is not { } filter)
            {
                continue;
            }

            var data = new JsonObject();
            for (var field = random.Next(5); field > 0; field--)
            {
                data[Pick(random, _names)] = Value(random, depth: 3);
            }

            var expected = NaiveFilter.Matches(pattern, Payload(data.ToJsonString()));
            var payload = new FilterPayload("user.created", "t", data.ToJsonString());
            var trial = await new FilterTrials(Database).RunAsync(filter, payload, Cancel);

            Assert.True(expected == trial.Matches, $"{pattern.ToJsonString()} on {data.ToJsonString()} is {expected}: {filter.Path}");
            (matched, all) = (matched + (expected ? 1 : 0), all + 1);
        }

        // A generator whose patterns never or always match would find nothing.
        Assert.InRange(matched, all / 5, all * 4 / 5);
        Assert.True(all > 1500);
    }

    [Fact]
    public async Task A_trial_says_which_condition_does_not_hold()
    {
        const string Pattern = """{"data":{"amount":{"$gte":100,"$lt":1000},"currency":"EUR","$not":{"test":true}}}""";

        var filter = Compile(Pattern)!;
        var trial = await TryAsync(Pattern, """{"amount":250,"currency":"USD"}""");

        Assert.False(trial.Matches);
        Assert.Equal(
            [
                ("data.amount", """{"$gte":100}""", false, true), ("data.amount", """{"$lt":1000}""", false, true),
                ("data.currency", "\"EUR\"", false, false), ("data.test", "true", true, false),
            ],
            filter.Conditions.Zip(trial.Holds, (condition, holds) => (condition.Field, condition.Condition, condition.Negated, holds)));
    }

    private async Task<FilterTrial> TryAsync(string pattern, string data) => await new FilterTrials(Database).RunAsync(
        Required(Compile(pattern)), new FilterPayload("user.created", "2026-01-31T18:30:00.000Z", data), Cancel);

    private static JsonObject Payload(string data) => new()
    {
        ["event"] = "user.created",
        ["timestamp"] = "2026-01-31T18:30:00.000Z",
        ["data"] = JsonNode.Parse(data),
    };

    private static Filter? Compile(string pattern)
    {
        var errors = new FieldErrors();
        return FilterCompiler.Compile(JsonElement.Parse(pattern), "filter", errors);
    }

    private static JsonObject Pattern(Random random, int depth)
    {
        var pattern = new JsonObject();
        for (var members = random.Next(1, 3); members > 0; members--)
        {
            pattern[Pick(random, _names)] = Condition(random, depth);
        }

        return random.Next(6) switch
        {
            0 when depth > 1 => new JsonObject { ["$or"] = new JsonArray(Pattern(random, depth - 1), Pattern(random, depth - 1)) },
            1 when depth > 1 => new JsonObject { ["$and"] = new JsonArray(Pattern(random, depth - 1), Pattern(random, depth - 1)) },
            2 when depth > 1 => new JsonObject { ["$not"] = Pattern(random, depth - 1) },
            _ => pattern,
        };
    }

    private static JsonNode? Condition(Random random, int depth) => random.Next(14) switch
    {
        0 or 1 => Scalar(random),
        2 when depth > 1 => Pattern(random, depth - 1),
        3 when depth > 1 => new JsonObject { ["$not"] = Condition(random, depth - 1) },
        4 => new JsonObject { ["$neq"] = Scalar(random) },
        5 => new JsonObject { ["$in"] = new JsonArray(Scalar(random), Scalar(random)) },
        6 => new JsonObject { ["$nin"] = new JsonArray(Scalar(random), Scalar(random)) },
        7 => new JsonObject { ["$exist"] = random.Next(2) == 0 },
        8 => new JsonObject { [Pick(random, "$gt", "$gte", "$lt", "$lte")] = JsonNode.Parse(Pick(random, _numbers)) },
        9 => new JsonObject { [Pick(random, "$gt", "$gte", "$lt", "$lte")] = Pick(random, _texts) },
        10 or 11 => new JsonObject { [Pick(random, "$startsWith", "$endsWith", "$contains")] = Pick(random, _texts[1..]) },
        12 => new JsonObject { ["$contains"] = JsonNode.Parse(Pick(random, _numbers)) },
        _ => new JsonObject { ["$eq"] = Scalar(random) },
    };

    private static JsonNode? Value(Random random, int depth) => random.Next(depth > 0 ? 5 : 3) switch
    {
        3 => new JsonArray([.. Enumerable.Range(0, random.Next(3)).Select(_ => Value(random, depth - 1))]),
        4 => new JsonObject { [Pick(random, _names)] = Value(random, depth - 1) },
        _ => Scalar(random),
    };

    private static JsonNode? Scalar(Random random) => random.Next(5) switch
    {
        0 => null,
        1 => random.Next(2) == 0,
        2 => JsonNode.Parse(Pick(random, _numbers)),
        _ => Pick(random, _texts),
    };

    private static string Pick(Random random, params string[] choices) => choices[random.Next(choices.Length)];
}
