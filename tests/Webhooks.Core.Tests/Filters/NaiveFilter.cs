using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Webhooks.Core.Tests.Filters;

/// <summary>What a pattern means, as simply as it can be said, and without PostgreSQL.</summary>
internal static class NaiveFilter
{
    public static bool Matches(JsonNode? pattern, JsonObject payload) => Fields(pattern!.AsObject(), [payload]);

    /// <summary>
    /// Whether what a field has in a payload, which are several values when there are arrays on the way, is as a pattern demands.
    /// </summary>
    private static bool Matches(JsonNode? pattern, IReadOnlyList<JsonNode?> values) =>
        pattern is JsonObject fields ? Fields(fields, values) : Any(values, value => Same(value, pattern));

    private static bool Fields(JsonObject pattern, IReadOnlyList<JsonNode?> values) => pattern.All(member => member.Key switch
    {
        "$and" => member.Value!.AsArray().All(item => Matches(item, values)),
        "$or" => member.Value!.AsArray().Any(item => Matches(item, values)),
        "$not" => !Matches(member.Value, values),
        "$eq" => Any(values, value => Same(value, member.Value)),
        "$neq" => !Any(values, value => Same(value, member.Value)),
        "$gt" => Any(values, value => Compare(value, member.Value) > 0),
        "$gte" => Any(values, value => Compare(value, member.Value) >= 0),
        "$lt" => Any(values, value => Compare(value, member.Value) < 0),
        "$lte" => Any(values, value => Compare(value, member.Value) <= 0),
        "$in" => Any(values, value => member.Value!.AsArray().Any(item => Same(value, item))),
        "$nin" => !Any(values, value => member.Value!.AsArray().Any(item => Same(value, item))),
        "$startsWith" => Any(values, value => Text(value)?.StartsWith(Text(member.Value)!, StringComparison.Ordinal) is true),
        "$endsWith" => Any(values, value => Text(value)?.EndsWith(Text(member.Value)!, StringComparison.Ordinal) is true),
        "$contains" when Text(member.Value) is { } part =>
            Any(values, value => Text(value)?.Contains(part, StringComparison.Ordinal) is true),
        "$contains" => Any(values, value => Same(value, member.Value)),
        "$exist" => values.Count > 0 == member.Value!.GetValue<bool>(),
        _ => Matches(member.Value, [.. values.SelectMany(Elements).OfType<JsonObject>().Where(item => item.ContainsKey(member.Key))
            .Select(item => item[member.Key])]),
    });

    /// <summary>An element of an array, or of an array in an array, will do.</summary>
    private static bool Any(IReadOnlyList<JsonNode?> values, Predicate<JsonNode?> condition) =>
        values.SelectMany(Elements).SelectMany(Elements).Any(value => condition(value));

    private static IEnumerable<JsonNode?> Elements(JsonNode? value) =>
        value is JsonArray array ? array.AsEnumerable() : Enumerable.Repeat(value, 1);

    private static bool Same(JsonNode? value, JsonNode? other) =>
        value is not (JsonObject or JsonArray) && JsonNode.DeepEquals(value, other);

    /// <summary>Null when they have no order.</summary>
    private static int? Compare(JsonNode? value, JsonNode? other) => (value?.GetValueKind(), other?.GetValueKind()) switch
    {
        (JsonValueKind.Number, JsonValueKind.Number) => Number(value!).CompareTo(Number(other!)),
        (JsonValueKind.String, JsonValueKind.String) => CodePoints(value!).AsSpan().SequenceCompareTo(CodePoints(other!)),
        _ => null,
    };

    private static double Number(JsonNode value) => double.Parse(value.ToJsonString(), CultureInfo.InvariantCulture);

    /// <summary>UTF-8 sorts as its code points do.</summary>
    private static byte[] CodePoints(JsonNode value) => Encoding.UTF8.GetBytes(value.GetValue<string>());

    private static string? Text(JsonNode? value) => value?.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;
}
