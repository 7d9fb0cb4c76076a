using System.Text;
using System.Text.Json;

namespace Webhooks.Core.Events;

/// <summary>
/// A walk through a JSON value that finds what jsonb could not hold as it stands, and measures how long it is when printed.
/// </summary>
/// <param name="errors">Takes what is found.</param>
/// <param name="field">The path of the value.</param>
/// <param name="levels">How deep objects and arrays may be nested, the value itself included.</param>
internal sealed class JsonbInspection(FieldErrors errors, string field, int levels)
{
    private readonly Stack<JsonContainer> _open = new();
    private long _printedBytes;
    private bool _tooDeep;

    /// <summary>Inspects a value that is known to be well-formed.</summary>
    /// <returns>Bytes of the value as jsonb prints it, at most.</returns>
    public long Run(ReadOnlySpan<byte> json)
    {
        var reader = JsonText.Reader(json);
        while (!_tooDeep && !errors.IsFull && reader.Read())
        {
            Visit(ref reader);
        }

        return _printedBytes;
    }

    private void Visit(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.PropertyName:
                VisitName(ref reader);
                break;
            case JsonTokenType.StartObject:
                VisitStart(JsonContainer.Object());
                break;
            case JsonTokenType.StartArray:
                VisitStart(JsonContainer.Array());
                break;
            case JsonTokenType.EndObject or JsonTokenType.EndArray:
                _open.Pop();
                break;
            default:
                VisitScalar(ref reader);
                break;
        }
    }

    private void VisitName(ref Utf8JsonReader reader)
    {
        var raw = reader.ValueSpan;
        _printedBytes += raw.Length + "\"\": ".Length;
        if (JsonbRules.FaultOfString(raw) is { } fault)
        {
            _open.Peek().MoveTo(Encoding.UTF8.GetString(raw));
            errors.Add(Path(), $"The property's name cannot be used. {fault}");
        }
        else if (!_open.Peek().MoveTo(reader.GetString()!))
        {
            errors.Add(Path(), "The property appears more than once in its object. Keep one.");
        }
    }

    private void VisitStart(JsonContainer container)
    {
        VisitValue("{}".Length);
        if (_open.Count == levels)
        {
            _tooDeep = true;
            errors.Add(Path(), $"Objects and arrays are nested too deeply here: a message may have {EventMessageReader.MaxDepth} levels.");
        }

        _open.Push(container);
    }

    private void VisitScalar(ref Utf8JsonReader reader)
    {
        var raw = reader.ValueSpan;
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                VisitValue(raw.Length + "\"\"".Length);
                if (JsonbRules.FaultOfString(raw) is { } fault)
                {
                    errors.Add(Path(), fault);
                }

                break;
            case JsonTokenType.Number:
                var printed = JsonbRules.PrintedLength(raw);
                VisitValue(printed ?? raw.Length);
                if (printed is null)
                {
                    errors.Add(
                        Path(),
                        $"A number may have {JsonbRules.MostDigits} digits before its decimal point and {JsonbRules.MostDigits} after it, "
                        + "written out. Send it as a string.");
                }

                break;
            default:
                VisitValue(raw.Length);
                break;
        }
    }

    /// <summary>Counts a value and the comma before it. No escape gets longer when it is printed.</summary>
    private void VisitValue(int printedBytes)
    {
        _printedBytes += printedBytes;
        if (_open.TryPeek(out var container))
        {
            container.MoveToValue();
            _printedBytes += ", ".Length;
        }
    }

    private string Path() =>
        field + string.Concat(_open.Reverse().Select(container => container.Step()));
}
