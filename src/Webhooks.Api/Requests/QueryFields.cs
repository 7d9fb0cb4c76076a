using System.Globalization;
using Microsoft.AspNetCore.Http;
using Webhooks.Core;
using Webhooks.Core.Deliveries;
using Webhooks.Core.Events;
using Webhooks.Core.EventTypes;

namespace Webhooks.Api.Requests;

/// <summary>The query parameters of a list. What is wrong with them goes to the errors.</summary>
internal sealed class QueryFields
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);
    private readonly FieldErrors _errors;
    private readonly EventCatalog _types;

    /// <param name="query">What was sent.</param>
    /// <param name="known">What the operation knows; anything else is refused, because a misspelt filter must not select
    /// everything.</param>
    /// <param name="types">The event types.</param>
    /// <param name="errors">Gets what is wrong.</param>
    public QueryFields(IQueryCollection query, QueryParameters known, EventCatalog types, FieldErrors errors)
    {
        _errors = errors;
        _types = types;
        foreach (var (name, values) in query)
        {
            if (!known.All.Any(parameter => parameter.Is(name)))
            {
                errors.Add(
                    name,
                    "There is no such query parameter. Known are "
                    + $"{string.Join(", ", known.All.Select(parameter => parameter.ShownName))}.");
            }
            else if (values.Count > 1)
            {
                errors.Add(name, "It is given more than once. Give it once.");
            }
            else
            {
                _values[name] = values.ToString();
            }
        }
    }

    /// <summary>Adds an error to a parameter.</summary>
    public void Refuse(QueryParameter parameter, string message) => _errors.Add(parameter.Name, message);

    /// <summary>The text as it is; null when absent.</summary>
    public string? Text(QueryParameter parameter)
    {
        if (!_values.TryGetValue(parameter.Name, out var text))
        {
            return null;
        }

        if (!text.Contains('\0', StringComparison.Ordinal))
        {
            return text;
        }

        Refuse(parameter, "It must not contain the character U+0000.");
        return null;
    }

    /// <summary>The texts of all parameters that this one stands for, by the rest of their names; null when there are none.</summary>
    public IReadOnlyDictionary<string, string>? Texts(QueryParameter prefix)
    {
        var texts = _values.Where(value => prefix.Is(value.Key)).ToDictionary(
            value => value.Key[(prefix.Name.Length + 1)..], value => value.Value, StringComparer.Ordinal);
        foreach (var (key, _) in texts.Where(pair => $"{pair.Key}{pair.Value}".Contains('\0', StringComparison.Ordinal)))
        {
            _errors.Add($"{prefix.Name}.{Excerpt.Of(key)}", "It must not contain the character U+0000.");
        }

        return texts.Count == 0 ? null : texts;
    }

    /// <summary>true or false; null when absent or something else.</summary>
    public bool? Boolean(QueryParameter parameter)
    {
        switch (Text(parameter))
        {
            case null:
                return null;
            case "true":
                return true;
            case "false":
                return false;
            default:
                Refuse(parameter, "It must be true or false.");
                return null;
        }
    }

    /// <summary>A whole number within the parameter's bounds; null when absent or something else.</summary>
    public int? WholeNumber(QueryParameter parameter)
    {
        if (Text(parameter) is not { } text)
        {
            return null;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number >= parameter.Least
            && number <= parameter.Most)
        {
            return number;
        }

        Refuse(parameter, $"It must be a whole number from {parameter.Least} to {parameter.Most}.");
        return null;
    }

    /// <summary>One of the parameter's values; null when absent or something else.</summary>
    public string? Choice(QueryParameter parameter)
    {
        var text = Text(parameter);
        if (text is null || parameter.Values.Contains(text))
        {
            return text;
        }

        Refuse(parameter, $"It must be one of {string.Join(", ", parameter.Values)}.");
        return null;
    }

    /// <summary>A UUID that must be given; the empty one when it is absent or something else.</summary>
    public Guid Id(QueryParameter parameter)
    {
        if (!_values.ContainsKey(parameter.Name))
        {
            Refuse(parameter, "It is missing.");
        }

        return IdOrNull(parameter) ?? Guid.Empty;
    }

    /// <summary>A UUID; null when it is absent or something else.</summary>
    public Guid? IdOrNull(QueryParameter parameter)
    {
        if (Text(parameter) is not { } text)
        {
            return null;
        }

        if (UuidText.TryParse(text, out var id))
        {
            return id;
        }

        Refuse(parameter, "It must be a UUID, as in 019c1524-c2c0-704c-9458-6767cc057b2f.");
        return null;
    }

    /// <summary>The name of a known event type; null when absent or something else.</summary>
    public string? EventName(QueryParameter parameter)
    {
        var name = Text(parameter);
        if (name is null || EventNames.Problem(name, _types) is not { } problem)
        {
            return name;
        }

        Refuse(parameter, problem);
        return null;
    }

    /// <summary>A point in time, UTC; null when absent or something else.</summary>
    public DateTimeOffset? Time(QueryParameter parameter)
    {
        if (Text(parameter) is not { } text)
        {
            return null;
        }

        if (EventTimestamp.TryParse(text, out var time))
        {
            return time;
        }

        Refuse(
            parameter,
            "It must be an ISO 8601 time with Z or an offset, as in 2026-01-31T18:30:00Z (in a URL, write the + of an offset as %2B).");
        return null;
    }

    /// <summary>The id that a cursor stands for; null when absent, empty or something else.</summary>
    public Guid? Cursor(QueryParameter parameter) =>
        Cursor(parameter, static text => Requests.Cursor.TryDecode(text, out var id) ? id : (Guid?)null);

    /// <summary>The place in the order of arrival that a cursor stands for; null when absent, empty or something else.</summary>
    public ArrivalPlace? ArrivalCursor(QueryParameter parameter) =>
        Cursor(parameter, static text => Requests.ArrivalCursor.TryDecode(text, out var place) ? place : (ArrivalPlace?)null);

    private T? Cursor<T>(QueryParameter parameter, Func<string, T?> decode)
        where T : struct
    {
        if (Text(parameter) is not { Length: > 0 } text)
        {
            return null;
        }

        if (decode(text) is { } decoded)
        {
            return decoded;
        }

        Refuse(
            parameter, "It is not a cursor of this list in this order. Use the next_cursor of the page before, or leave it out to begin.");
        return null;
    }
}
