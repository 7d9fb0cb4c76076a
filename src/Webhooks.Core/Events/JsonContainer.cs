using System.Globalization;

namespace Webhooks.Core.Events;

/// <summary>An object or an array that is being read, and the place within it.</summary>
internal sealed class JsonContainer
{
    private readonly HashSet<string>? _names;
    private string _name = "";
    private int _index = -1;

    private JsonContainer(HashSet<string>? names) => _names = names;

    public static JsonContainer Object() => new(new HashSet<string>(StringComparer.Ordinal));

    public static JsonContainer Array() => new(names: null);

    /// <summary>Goes to a property.</summary>
    /// <returns>False when the object has had one of that name.</returns>
    public bool MoveTo(string name)
    {
        _name = name;
        return _names!.Add(name);
    }

    /// <summary>Goes to the next value: in an array that is the next place, in an object it belongs to the property.</summary>
    public void MoveToValue()
    {
        if (_names is null)
        {
            _index++;
        }
    }

    /// <summary>The place as a step of a path: <c>[3]</c>, <c>.price</c>, <c>["unit price"]</c>.</summary>
    public string Step() =>
        _names is null ? string.Create(CultureInfo.InvariantCulture, $"[{_index}]")
        : _name.Length > 0 && _name.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '-')
            ? "." + Excerpt.Of(_name)
        : $"[\"{Excerpt.Of(_name)}\"]";
}
