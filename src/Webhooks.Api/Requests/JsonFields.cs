using System.Text.Json;
using Webhooks.Core.Events;

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

    /// <param name="body">A JSON object.</param>
    /// <param name="errors">Gets what is wrong.</param>
    public JsonFields(JsonElement body, FieldErrors errors)
    {
        _errors = errors;
        foreach (var member in body.EnumerateObject())
        {
            if (!_members.TryAdd(member.Name, member.Value))
            {
                errors.Add(member.Name, "It is given twice. Give it once.");
            }
        }
    }

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

        _errors.Add(name, $"It must be true or false, but it is {Kind(value)}.");
        return null;
    }

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
            _errors.Add(name, $"It must be an array of strings, but it is {Kind(value)}.");
            return null;
        }

        var texts = new List<(string, string)>(value.GetArrayLength());
        foreach (var (index, item) in value.EnumerateArray().Index())
        {
            var path = $"{name}[{index}]";
            if (Text(path, item) is { } text)
            {
                texts.Add((path, text));
            }
        }

        return texts;
    }

    /// <summary>Adds an error when a member is absent.</summary>
    public void Require(string name)
    {
        if (!_members.ContainsKey(name))
        {
            _errors.Add(name, "It is missing.");
        }
    }

    /// <summary>Adds an error for each member that was not taken: a misspelt one must not be ignored silently.</summary>
    public void RefuseOthers()
    {
        foreach (var name in _members.Keys.Except(_taken))
        {
            _errors.Add(name, $"There is no such field. The fields are {string.Join(", ", _taken)}.");
        }
    }

    private JsonElement? Take(string name)
    {
        _taken.Add(name);
        return _members.TryGetValue(name, out var value) ? value : null;
    }

    private string? Text(string path, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String)
        {
            return value.GetString();
        }

        _errors.Add(path, $"It must be a string, but it is {Kind(value)}.");
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
