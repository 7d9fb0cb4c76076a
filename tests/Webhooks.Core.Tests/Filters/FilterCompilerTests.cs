using System.Text.Json;
using Webhooks.Core.Events;
using Webhooks.Core.Filters;

namespace Webhooks.Core.Tests.Filters;

public sealed class FilterCompilerTests
{
    [Theory]
    [InlineData("[]", "filter", "an object")]
    [InlineData("\"$.data\"", "filter", "an object")]
    [InlineData("{}", "filter", "empty")]
    [InlineData("""{"data":{}}""", "filter.data", "empty")]
    [InlineData("""{"amount":5}""", "filter.amount", "event, timestamp and data")]
    [InlineData("""{"webhook_id":"x"}""", "filter.webhook_id", "event, timestamp and data")]
    [InlineData("""{"$gt":5}""", "filter.$gt", "stands at a field")]
    [InlineData("""{"data":{"x":{"$regex":"a"}}}""", "filter.data.x.$regex", "$startsWith")]
    [InlineData("""{"data":{"x":[1,2]}}""", "filter.data.x", "$in")]
    [InlineData("""{"data":{"x":{"$in":[]}}}""", "filter.data.x.$in", "one at least")]
    [InlineData("""{"data":{"x":{"$in":[1,{"a":1}]}}}""", "filter.data.x.$in[1]", "a string, a number")]
    [InlineData("""{"data":{"x":{"$eq":{"a":1}}}}""", "filter.data.x.$eq", "a string, a number")]
    [InlineData("""{"data":{"x":{"$gt":true}}}""", "filter.data.x.$gt", "order")]
    [InlineData("""{"data":{"x":{"$gt":null}}}""", "filter.data.x.$gt", "order")]
    [InlineData("""{"data":{"x":{"$exist":1}}}""", "filter.data.x.$exist", "true or false")]
    [InlineData("""{"data":{"x":{"$startsWith":""}}}""", "filter.data.x.$startsWith", "empty")]
    [InlineData("""{"data":{"x":{"$endsWith":5}}}""", "filter.data.x.$endsWith", "a string")]
    [InlineData("""{"data":{"x":1,"x":2}}""", "filter.data.x", "twice")]
    [InlineData("""{"data":{"$or":{"x":1}}}""", "filter.data.$or", "an array of patterns")]
    [InlineData("""{"$or":[{"data":{"x":1}},5]}""", "filter.$or[1]", "an object")]
    [InlineData("""{"data":{"x":"a\u0000"}}""", "filter.data.x", "U+0000")]
    [InlineData("""{"data":{"a\u0000":1}}""", "filter.data.a\0", "U+0000")]
    [InlineData("""{"data":{"x":1e500}}""", "filter.data.x", "digits")]
    public void A_pattern_that_cannot_be_used_is_refused_with_its_place(string pattern, string field, string advice)
    {
        var errors = Refuse(pattern);

        var (path, messages) = Assert.Single(errors);
        Assert.Equal(field, path);
        Assert.Contains(advice, Assert.Single(messages), StringComparison.Ordinal);
    }

    [Fact]
    public void Conditions_levels_and_bytes_are_bounded()
    {
        static string Conditions(int count) =>
            "{\"data\":{\"$or\":[" + string.Join(',', Enumerable.Range(0, count).Select(number => $"{{\"x\":{number}}}")) + "]}}";
        static string Levels(int count) =>
            string.Concat(Enumerable.Repeat("{\"data\":", count)) + "1" + new string('}', count);
        static string Bytes(int count) => "{\"data\":{\"x\":\"" + new string('a', count - 17) + "\"}}";

        Assert.NotNull(Compile(Conditions(32), new FieldErrors()));
        Assert.Contains("33 conditions", Refuse(Conditions(33))["filter"].Single(), StringComparison.Ordinal);
        Assert.Contains("4096", Refuse(Conditions(10_000))["filter"].Single(), StringComparison.Ordinal);
        Assert.NotNull(Compile(Levels(8), new FieldErrors()));
        Assert.Contains("deeper than 8", Assert.Single(Refuse(Levels(9))).Value.Single(), StringComparison.Ordinal);
        Assert.Contains("deeper", Assert.Single(Refuse(Levels(60))).Value.Single(), StringComparison.Ordinal);
        Assert.NotNull(Compile(Bytes(4096), new FieldErrors()));
        Assert.Contains("4097 bytes", Refuse(Bytes(4097))["filter"].Single(), StringComparison.Ordinal);
    }

    [Fact]
    public void Everything_that_is_wrong_is_told_at_once() => Assert.Equal(
        ["filter.data.a.$gt", "filter.data.b", "filter.x"],
        Refuse("""{"data":{"a":{"$gt":[]},"b":[],"c":1},"x":1}""").Keys.Order(StringComparer.Ordinal));

    private static IReadOnlyDictionary<string, string[]> Refuse(string pattern)
    {
        var errors = new FieldErrors();
        Assert.Null(Compile(pattern, errors));
        return errors.ToDictionary();
    }

    private static Filter? Compile(string pattern, FieldErrors errors) =>
        FilterCompiler.Compile(JsonElement.Parse(pattern), "filter", errors);
}
