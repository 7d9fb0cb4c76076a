using System.Globalization;
using System.Text.Json;
using Webhooks.Core.Events;
using Webhooks.Core.Webhooks;

namespace Webhooks.Api.Requests;

/// <summary>
/// The members of a request's JSON object, taken one by one. What is wrong with them goes to the errors: a wrong type, a member given
/// twice, and in the end, members that nobody took.
/// </summary>
internal sealed class JsonFields
{
    private readonly Dictionary<string, JsonElement> _members = new(StringComparer.Ordinal);
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);
    private readonly FieldErrors _errors;
    private readonly string _path;

    /// <param name="body">A JSON object.</param>
    /// <param name="errors">Gets what is wrong.</param>
    /// <param name="path">What comes before the names of its members in errors.</param>
    public JsonFields(JsonElement body, FieldErrors errors, string path = "")
    {
        _errors = errors;
        _path = path;
        foreach (var member in body.EnumerateObject())
        {
            if (!_members.TryAdd(member.Name, member.Value))
            {
                errors.Add(path + member.Name, "It is given twice. Give it once.");
            }
        }
    }

    /// <summary>The members of a body that may be left out.</summary>
    /// <param name="utf8Json">A JSON object, or nothing, which has no members.</param>
    /// <param name="errors">Gets what is wrong.</param>
    /// <exception cref="Microsoft.AspNetCore.Http.BadHttpRequestException">It is something else.</exception>
    public static JsonFields Of(ReadOnlyMemory<byte> utf8Json, FieldErrors errors) =>
        new(JsonBody.ParseObject(utf8Json.IsEmpty ? "{}"u8 : utf8Json.Span), errors);

    /// <summary>A string; null when it is absent or something else.</summary>
    public string? Text(string name) =>
        Take(name) is { } value ? Text(name, value) : null;

    /// <summary>A string, or null for what may be empty, which gives an empty string; null when it is absent or something else.</summary>
    public string? TextOrNull(string name) => Take(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Null } => "",
        { } value => Text(name, value),
    };

    /// <summary>
    /// A string that can be stored, of bounded length, or null for what may be empty, which gives an empty string; null when it is absent
    /// or something else.
    /// </summary>
    public string? TextOrNull(string name, int mostCharacters)
    {
        if (TextOrNull(name) is not { } text)
        {
            return null;
        }

        if (text.Contains('\0', StringComparison.Ordinal))
        {
            _errors.Add(_path + name, "It must not contain the character U+0000.");
        }

        if (text.EnumerateRunes().Count() is var length && length > mostCharacters)
        {
            _errors.Add(_path + name, $"It has {length} characters; it may have {mostCharacters}.");
        }

        return text;
    }

    /// <summary>One of several strings; null when it is absent or something else.</summary>
    public string? Choice(string name, IReadOnlyList<string> choices)
    {
        var text = Text(name);
        if (text is null || choices.Contains(text, StringComparer.Ordinal))
        {
            return text;
        }

        _errors.Add(_path + name, $"It must be {string.Join(" or ", choices)}.");
        return null;
    }

    /// <summary>A number within bounds; null when it is absent or something else.</summary>
    public double? Number(string name, double least, double most)
    {
        if (Take(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && number >= least && number <= most)
        {
            return number;
        }

        var given = value.ValueKind == JsonValueKind.Number ? "another number" : Kind(value);
        _errors.Add(_path + name, string.Create(
            CultureInfo.InvariantCulture, $"It must be a number from {least} to {most}, but it is {given}."));
        return null;
    }

    /// <summary>An object, or null; without a value when it is absent or something else.</summary>
    /// <param name="read">Reads its members; others are refused.</param>
    public NewValue<T?>? ObjectOrNull<T>(string name, Func<JsonFields, T> read)
        where T : class =>
        ObjectOrNull(name, "an object", value =>
        {
            var fields = new JsonFields(value, _errors, $"{_path}{name}.");
            var made = read(fields);
            fields.RefuseOthers();
            return made;
        });

    /// <summary>
    /// An object whose members are strings, or null; without a value when it is absent or something else. Members that are no strings are
    /// left out, with an error each.
    /// </summary>
    public NewValue<IReadOnlyDictionary<string, string>?>? PairsOrNull(string name) =>
        ObjectOrNull<IReadOnlyDictionary<string, string>>(name, "an object of strings", value =>
        {
            var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var member in value.EnumerateObject())
            {
                var path = $"{name}.{Excerpt.Of(member.Name)}";
                if (Text(path, member.Value) is { } text && !pairs.TryAdd(member.Name, text))
                {
                    _errors.Add(_path + path, "It is given twice. Give it once.");
                }
            }

            return pairs;
        });

    /// <summary>A point in time, UTC; null when it is absent or something else.</summary>
    public DateTimeOffset? Time(string name)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        if (EventTimestamp.TryParse(text, out var time))
        {
            return time;
        }

        _errors.Add(_path + name, "It must be an ISO 8601 time with Z or an offset, as in 2026-01-31T18:30:00Z.");
        return null;
    }

    /// <summary>true or false; null when it is absent or something else.</summary>
    public bool? Boolean(string name)
    {
        if (Take(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return value.GetBoolean();
        }

        _errors.Add(_path + name, $"It must be true or false, but it is {Kind(value)}.");
        return null;
    }

    /// <summary>A whole number within bounds; null when it is absent or something else.</summary>
    public int? WholeNumber(string name, int least, int most) =>
        Take(name) is { } value ? WholeNumber(name, value, least, most) : null;

    /// <summary>
    /// An array of strings; null when it is absent or something else. Items that are not strings are left out, with an error each.
    /// </summary>
    public IReadOnlyList<(string Path, string Text)>? Texts(string name)
    {
        if (Take(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            _errors.Add(_path + name, $"It must be an array of strings, but it is {Kind(value)}.");
            return null;
        }

        var texts = new List<(string, string)>(value.GetArrayLength());
        foreach (var (path, item) in Items(name, value))
        {
            if (Text(path, item) is { } text)
            {
                texts.Add((path, text));
            }
        }

        return texts;
    }

    /// <summary>A whole number within bounds, or null; without a value when it is absent or something else.</summary>
    public NewValue<int?>? WholeNumberOrNull(string name, int least, int most) => Take(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Null } => new NewValue<int?>(null),
        { } value => WholeNumber(name, value, least, most) is { } number ? new NewValue<int?>(number) : null,
    };

    /// <summary>
    /// An array of whole numbers within bounds, or null; without a value when it is absent or something else. Items that are something else
    /// are left out, with an error each.
    /// </summary>
    public NewValue<IReadOnlyList<int>?>? WholeNumbersOrNull(string name, int least, int most)
    {
        switch (Take(name))
        {
            case null:
                return null;
            case { ValueKind: JsonValueKind.Null }:
                return new NewValue<IReadOnlyList<int>?>(null);
            case { ValueKind: JsonValueKind.Array } array:
                return new(Items(name, array).Select(item => WholeNumber(item.Path, item.Value, least, most)).OfType<int>().ToArray());
            case { } value:
                _errors.Add(_path + name, $"It must be an array of whole numbers, or null, but it is {Kind(value)}.");
                return null;
        }
    }

    /// <summary>Whatever it is; null when it is absent.</summary>
    public JsonElement? Value(string name) => Take(name);

    /// <summary>Adds an error when a member is absent.</summary>
    public void Require(string name)
    {
        if (!_members.ContainsKey(name))
        {
            _errors.Add(_path + name, "It is missing.");
        }
    }

    /// <summary>Adds an error for each member that was not taken: a misspelt one must not be ignored silently.</summary>
    public void RefuseOthers()
    {
        foreach (var name in _members.Keys.Except(_taken))
        {
            _errors.Add(_path + name, $"There is no such field. The fields are {string.Join(", ", _taken)}.");
        }
    }

    private NewValue<T?>? ObjectOrNull<T>(string name, string what, Func<JsonElement, T> read)
        where T : class
    {
        switch (Take(name))
        {
            case null:
                return null;
            case { ValueKind: JsonValueKind.Null }:
                return new NewValue<T?>(null);
            case { ValueKind: JsonValueKind.Object } value:
                return new NewValue<T?>(read(value));
            case { } value:
                _errors.Add(_path + name, $"It must be {what}, or null, but it is {Kind(value)}.");
                return null;
        }
    }

    private JsonElement? Take(string name)
    {
        _taken.Add(name);
        return _members.TryGetValue(name, out var value) ? value : null;
    }

    private static IEnumerable<(string Path, JsonElement Value)> Items(string name, JsonElement array) =>
        array.EnumerateArray().Select((item, index) => ($"{name}[{index}]", item));

    private int? WholeNumber(string path, JsonElement value, int least, int most)
    {
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= least && number <= most)
        {
            return number;
        }

        var given = value.ValueKind == JsonValueKind.Number ? "another number" : Kind(value);
        _errors.Add(_path + path, $"It must be a whole number from {least} to {most}, but it is {given}.");
        return null;
    }

    private string? Text(string path, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String)
        {
            return value.GetString();
        }

        _errors.Add(_path + path, $"It must be a string, but it is {Kind(value)}.");
        return null;
    }

    private static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "a boolean",
        _ => "null",
    };
}
