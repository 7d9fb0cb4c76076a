using System.Text;
using System.Text.Json;
using Webhooks.Core.Events;

namespace Webhooks.Core.Filters;

/// <summary>
/// The compiler of JSON patterns into jsonpath predicates. Every condition becomes an <c>exists</c> with a filter expression: it is false
/// for what is missing or of another type, and never unknown, so that its negation is its opposite. In the lax mode a condition on an array
/// holds if it holds for an element.
/// </summary>
/// <remarks>
/// A pattern can only name fields and compare them with literals: there are no regular expressions of a caller's, no comparison of two
/// fields and nothing that walks through all of a payload, so that evaluating it takes time in proportion to what it names.
/// </remarks>
public sealed class FilterCompiler
{
    private const string And = " && ";
    private const string Or = " || ";

    private static readonly string[] _operators =
    [
        "$eq", "$neq", "$gt", "$gte", "$lt", "$lte", "$in", "$nin", "$startsWith", "$endsWith", "$contains", "$exist", "$and", "$or",
        "$not",
    ];

    private readonly List<FilterCondition> _conditions = [];
    private readonly FieldErrors _errors;
    private bool _negated;

    private FilterCompiler(FieldErrors errors) => _errors = errors;

    /// <summary>Compiles a pattern; null when something is wrong with it, which the errors get.</summary>
    /// <param name="pattern">A JSON object.</param>
    /// <param name="name">The name of the field that holds it, with which the errors' paths begin.</param>
    /// <param name="errors">Gets what is wrong.</param>
    public static Filter? Compile(JsonElement pattern, string name, FieldErrors errors)
    {
        var before = errors.Count;
        if (pattern.ValueKind != JsonValueKind.Object)
        {
            errors.Add(name, "It must be an object, such as {\"data\":{\"amount\":{\"$gte\":100}}}, or null for no filter.");
            return null;
        }

        var text = pattern.GetRawText();
        if (Encoding.UTF8.GetByteCount(text) is var bytes && bytes > Filter.MostBytes)
        {
            errors.Add(name, $"It has {bytes} bytes; a filter may have {Filter.MostBytes}.");
            return null;
        }

        var compiler = new FilterCompiler(errors);
        var path = compiler.Fields(pattern, new Place(name, Accessor: null, Field: "", Depth: 1));
        if (compiler._conditions.Count > Filter.MostConditions)
        {
            errors.Add(name, $"It has {compiler._conditions.Count} conditions; a filter may have {Filter.MostConditions}.");
        }

        return errors.Count > before ? null : new Filter(text, path, compiler._conditions);
    }

    /// <summary>What a field has to be: a value, or an object of operators and of fields below it.</summary>
    private string Value(JsonElement value, Place place)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                return Fields(value, place);
            case JsonValueKind.Array:
                return Wrong(
                    place,
                    "It is an array. A condition on an array holds if it holds for an element: write {\"$in\":[…]} for any of these.");
            default:
                return Compare(value, value, place, "==");
        }
    }

    private string Fields(JsonElement pattern, Place place)
    {
        if (place.Depth > Filter.GreatestDepth)
        {
            return Wrong(place, $"It is nested deeper than {Filter.GreatestDepth} levels.");
        }

        var parts = new List<string>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in pattern.EnumerateObject())
        {
            var at = place.Below(member.Name);
            parts.Add(
                !names.Add(member.Name) ? Wrong(at, "It is given twice. Give it once, or both in $and.")
                : member.Name.StartsWith('$') ? Operator(member.Name, member.Value, at)
                : Field(member.Name, member.Value, at));
        }

        return parts.Count > 0 ? Join(parts, And) : Wrong(place, "It is empty, and says nothing. Leave it out.");
    }

    private string Field(string name, JsonElement value, Place place)
    {
        if (name.Contains('\0', StringComparison.Ordinal))
        {
            return Wrong(place, "A name must not contain the character U+0000.");
        }

        var accessor = (place.Accessor, name) switch
        {
            (null, "data") => "$",
            (null, "event") => "$event",
            (null, "timestamp") => "$timestamp",
            (null, _) => null,
            var (parent, _) => $"{parent}.{JsonPathText.Literal(name)}",
        };
        return accessor is null
            ? Wrong(place, "There is no such field: a payload has event, timestamp and data. What was published is in data.")
            : Value(value, place with { Accessor = accessor, Field = place.Field.Length == 0 ? name : $"{place.Field}.{name}" });
    }

    private string Operator(string name, JsonElement value, Place place)
    {
        switch (name)
        {
            case "$and":
                return Each(value, place, And);
            case "$or":
                return Each(value, place, Or);
            case "$not":
                return Not(value, place);
            case var _ when !_operators.Contains(name, StringComparer.Ordinal):
                return Wrong(place, $"There is no such operator. The operators are {string.Join(", ", _operators)}.");
            case var _ when place.Accessor is null:
                return Wrong(place, $"{name} stands at a field, as in {{\"data\":{{\"amount\":{{\"{name}\":…}}}}}}.");
        }

        return name switch
        {
            "$eq" => Compare(value, value, place, "=="),
            "$neq" => Opposite(() => Compare(value, value, place, "==")),
            "$gt" => Order(value, place, ">"),
            "$gte" => Order(value, place, ">="),
            "$lt" => Order(value, place, "<"),
            "$lte" => Order(value, place, "<="),
            "$in" => AnyOf(value, place),
            "$nin" => Opposite(() => AnyOf(value, place)),
            "$startsWith" => OfText(value, place, text => $"@ starts with {JsonPathText.Literal(text)}"),
            "$endsWith" => OfText(value, place, text => $"@ like_regex {JsonPathText.EndsWith(text)}"),
            "$contains" => Contains(value, place),
            _ => Exist(value, place),
        };
    }

    private string Each(JsonElement value, Place place, string operation)
    {
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() == 0)
        {
            return Wrong(place, "It must be an array of patterns, with one at least.");
        }

        return Join([.. value.EnumerateArray().Select((item, index) => Nested(item, place.Item(index)))], operation);
    }

    private string Not(JsonElement value, Place place)
    {
        _negated = !_negated;
        var path = Nested(value, place);
        _negated = !_negated;
        return $"!({path})";
    }

    /// <summary>A pattern in an operator; at a field it may be a value.</summary>
    private string Nested(JsonElement value, Place place) =>
        place.Accessor is not null ? Value(value, place with { Operator = null })
        : value.ValueKind == JsonValueKind.Object ? Fields(value, place)
        : Wrong(place, "It must be a pattern: an object.");

    private string Compare(JsonElement operand, JsonElement condition, Place place, string comparison) =>
        Literal(operand, place) is { } literal ? Condition(condition, place, $"@ {comparison} {literal}") : "";

    private string Order(JsonElement value, Place place, string comparison) =>
        value.ValueKind is JsonValueKind.Number or JsonValueKind.String
            ? Compare(value, value, place, comparison)
            : Wrong(place, "Only numbers and strings have an order: it must be one of these.");

    private string AnyOf(JsonElement value, Place place)
    {
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() == 0)
        {
            return Wrong(place, "It must be an array of values, with one at least.");
        }

        var literals = value.EnumerateArray().Select((item, index) => Literal(item, place.Item(index))).ToArray();
        return Condition(value, place, string.Join(Or, literals.Select(literal => $"@ == {literal}")));
    }

    private string Contains(JsonElement value, Place place) => value.ValueKind == JsonValueKind.String
        ? OfText(value, place, text => $"@ like_regex {JsonPathText.Literal(text)} flag \"q\"")
        : Compare(value, value, place, "==");

    private string OfText(JsonElement value, Place place, Func<string, string> predicate) =>
        value.ValueKind != JsonValueKind.String ? Wrong(place, "It must be a string.")
        : TextOf(value, place) is not { } text ? ""
        : text.Length == 0 ? Wrong(place, "It is empty, and every string has that. Leave it out.")
        : Condition(value, place, predicate(text));

    private string Exist(JsonElement value, Place place)
    {
        var path = $"exists({place.Accessor})";
        switch (value.ValueKind)
        {
            case JsonValueKind.True:
                return Add(value, place, path);
            case JsonValueKind.False:
                return Add(value, place, $"!({path})");
            default:
                return Wrong(place, "It must be true or false.");
        }
    }

    private string Condition(JsonElement condition, Place place, string predicate) =>
        Add(condition, place, $"exists({place.Accessor} ? ({predicate}))");

    /// <summary>The same condition, which holds when it would not.</summary>
    private string Opposite(Func<string> compile)
    {
        var before = _conditions.Count;
        var path = $"!({compile()})";
        if (_conditions.Count > before)
        {
            _conditions[^1] = _conditions[^1] with { Path = path };
        }

        return path;
    }

    private string Add(JsonElement condition, Place place, string path)
    {
        var text = place.Operator is { } name ? $"{{\"{name}\":{condition.GetRawText()}}}" : condition.GetRawText();
        _conditions.Add(new FilterCondition(place.Field, text, _negated, path));
        return path;
    }

    /// <returns>Null when it cannot be one.</returns>
    private string? Literal(JsonElement value, Place place)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                return TextOf(value, place) is { } text ? JsonPathText.Literal(text) : null;
            case JsonValueKind.Number when JsonbRules.PrintedLength(Encoding.UTF8.GetBytes(value.GetRawText())) is null:
                Wrong(place, $"A number may have {JsonbRules.MostDigits} digits before its point and after it, when it is written out.");
                return null;
            case JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False or JsonValueKind.Null:
                return value.GetRawText();
            default:
                Wrong(place, "It must be a string, a number, true, false or null.");
                return null;
        }
    }

    private string? TextOf(JsonElement value, Place place)
    {
        var text = value.GetString()!;
        if (!text.Contains('\0', StringComparison.Ordinal))
        {
            return text;
        }

        Wrong(place, "It contains the character U+0000, which no payload can have.");
        return null;
    }

    private string Wrong(Place place, string problem)
    {
        _errors.Add(place.Path, problem);
        return "";
    }

    private static string Join(List<string> parts, string operation) =>
        parts.Count == 1 ? parts[0] : $"({string.Join(operation, parts)})";

    /// <summary>Where in a pattern something stands.</summary>
    /// <param name="Path">Its path, for errors.</param>
    /// <param name="Accessor">The jsonpath of the field that it is about; null outside of any.</param>
    /// <param name="Field">That field's name with dots; empty outside of any.</param>
    /// <param name="Depth">1 for the pattern itself.</param>
    /// <param name="Operator">The operator that it is the operand of; null of none.</param>
    private sealed record Place(string Path, string? Accessor, string Field, int Depth, string? Operator = null)
    {
        public Place Below(string name) => this with
        {
            Path = $"{Path}.{name}",
            Depth = Depth + 1,
            Operator = name.StartsWith('$') ? name : null,
        };

        public Place Item(int index) => this with { Path = $"{Path}[{index}]", Depth = Depth + 1, Operator = null };
    }
}
