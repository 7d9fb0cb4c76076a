using System.Diagnostics;
using System.Text.Json;
using Webhooks.Core.EventTypes;

namespace Webhooks.Core.Events;

/// <summary>The reader of the fields of one event message.</summary>
/// <param name="limits">Bounds on what they hold.</param>
/// <param name="types">The event types.</param>
/// <param name="callerOrgId">The organization that the caller publishes for; null when the message must name it.</param>
/// <param name="path">Where the message stands, as in <c>[3]</c>; empty when it is the whole text.</param>
/// <param name="errors">Takes what is wrong with it.</param>
/// <param name="now">The time.</param>
internal sealed class EventMessageFields(
    WebhooksLimits limits, EventCatalog types, Guid? callerOrgId, string path, FieldErrors errors, DateTimeOffset now)
{
    private const string OrgId = "org_id";
    private const string Event = "event";
    private const string Data = "data";
    private const string Id = "id";
    private const string Timestamp = "timestamp";
    private const string TraceParent = "traceparent";
    private const string DeliverAt = "deliver_at";
    private const string OrderingKey = "ordering_key";

    private const string WhereToLook = "GET /api/v1/webhooks/events/available lists them all.";

    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    private Guid? _orgId;
    private EventType? _event;
    private ReadOnlyMemory<byte> _data;
    private string? _key;
    private DateTimeOffset? _timestamp;
    private string? _traceParent;
    private DateTimeOffset? _deliverAt;
    private string? _orderingKey;

    /// <summary>Reads a message that is known to be well-formed JSON.</summary>
    /// <returns>The message; null when there are errors.</returns>
    public EventMessage? Read(ReadOnlyMemory<byte> json)
    {
        var errorsBefore = errors.Count;
        var reader = JsonText.Reader(json.Span);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            errors.Add(path, "An event message is a JSON object with the fields org_id, event and data.");
            return null;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName && !errors.IsFull)
        {
            ReadField(json, ref reader);
        }

        RequireFields();
        if (errors.Count == errorsBefore && types.SchemaOf(_event!) is { } schema)
        {
            schema.Check(_data.Span, Field(Data), errors);
        }

        return errors.Count == errorsBefore && !errors.IsFull
            ? new EventMessage((_orgId ?? callerOrgId)!.Value, _event!.Name, _data, _key, _timestamp, _traceParent)
            {
                DeliverAt = _deliverAt,
                OrderingKey = _orderingKey,
            }
            : null;
    }

    private void ReadField(ReadOnlyMemory<byte> json, ref Utf8JsonReader reader)
    {
        if (JsonbRules.FaultOfString(reader.ValueSpan) is { } fault)
        {
            errors.Add(path, $"A field's name cannot be used. {fault}");
            reader.Skip();
            return;
        }

        var name = reader.GetString()!;
        reader.Read();
        if (!_seen.Add(name))
        {
            errors.Add(Field(name), "The field appears more than once. Keep one.");
            reader.Skip();
            return;
        }

        switch (name)
        {
            case OrgId:
                ReadOrgId(ref reader);
                break;
            case Event:
                ReadEvent(ref reader);
                break;
            case Data:
                ReadData(json, ref reader);
                break;
            case Id:
                _key = ReadName(ref reader, Id, limits.EventKeyLength);
                break;
            case OrderingKey:
                _orderingKey = ReadName(ref reader, OrderingKey, WebhooksLimits.OrderingKeyLength);
                break;
            case Timestamp:
                _timestamp = ReadTime(ref reader, Timestamp);
                break;
            case DeliverAt:
                ReadDeliverAt(ref reader);
                break;
            case TraceParent:
                ReadTraceParent(ref reader);
                break;
            default:
                errors.Add(
                    Field(name),
                    $"An event message has no such field. Its fields are {OrgId}, {Event}, {Data}, {Id}, {Timestamp}, {TraceParent}, "
                    + $"{DeliverAt} and {OrderingKey}; everything else belongs into {Data}.");
                reader.Skip();
                break;
        }
    }

    private void RequireFields()
    {
        if (callerOrgId is null && !_seen.Contains(OrgId))
        {
            errors.Add(Field(OrgId), "It is missing: name the organization whose webhooks get the event, by its UUID.");
        }

        if (!_seen.Contains(Event))
        {
            errors.Add(Field(Event), $"It is missing: name an event type. {WhereToLook}");
        }

        if (!_seen.Contains(Data))
        {
            errors.Add(Field(Data), "It is missing: describe what happened in a JSON object, which may be empty.");
        }
    }

    private void ReadOrgId(ref Utf8JsonReader reader)
    {
        if (callerOrgId is not null && reader.TokenType == JsonTokenType.Null)
        {
            return;
        }

        if (ReadText(ref reader, OrgId) is null)
        {
            return;
        }

        if (!reader.TryGetGuid(out var orgId))
        {
            errors.Add(Field(OrgId), "It must be a UUID, as in 7c9e6679-7425-40de-944b-e07fc1f90ae7.");
        }
        else if (callerOrgId is not null && orgId != callerOrgId)
        {
            errors.Add(Field(OrgId), $"It must be {callerOrgId} or left out: you publish for that organization only.");
        }
        else
        {
            _orgId = orgId;
        }
    }

    private void ReadEvent(ref Utf8JsonReader reader)
    {
        if (ReadText(ref reader, Event) is not { } name)
        {
            return;
        }

        _event = types.Find(name);
        if (_event is null)
        {
            errors.Add(Field(Event), $"'{Excerpt.Of(name)}' is not an event type. {Suggestion(name)}{WhereToLook}");
        }
    }

    private void ReadData(ReadOnlyMemory<byte> json, ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            errors.Add(Field(Data), $"It must be a JSON object, not {KindOf(reader.TokenType)}.");
            reader.Skip();
            return;
        }

        _data = JsonText.Value(json, ref reader);
        var printedBytes = new JsonbInspection(errors, Field(Data), levels: EventMessageReader.MaxDepth - 1).Run(_data.Span);
        if (printedBytes > limits.EventBytes)
        {
            errors.Add(
                Field(Data),
                $"It has more than {limits.EventBytes} bytes when it is written out for receivers, which is the most that is allowed.");
        }
    }

    /// <summary>A short text by which the publisher names something; null when there is none.</summary>
    private string? ReadName(ref Utf8JsonReader reader, string field, int mostCharacters)
    {
        if (reader.TokenType == JsonTokenType.Null || ReadText(ref reader, field) is not { } name)
        {
            return null;
        }

        if (name.Length == 0 || name.Length > mostCharacters)
        {
            errors.Add(Field(field), $"It must have 1 to {mostCharacters} characters.");
            return null;
        }

        if (!name.All(Excerpt.IsPrintable))
        {
            errors.Add(Field(field), "It must have printable characters only: no control characters, no line breaks.");
            return null;
        }

        return name;
    }

    private void ReadDeliverAt(ref Utf8JsonReader reader)
    {
        _deliverAt = ReadTime(ref reader, DeliverAt);
        if (_deliverAt is { } time && time > now + WebhooksLimits.LongestDelay)
        {
            errors.Add(
                Field(DeliverAt),
                $"It must be at most {WebhooksLimits.LongestDelay.TotalDays} days ahead; it is {EventTimestamp.Format(time)}, and now it "
                + $"is {EventTimestamp.Format(now)}.");
        }
    }

    /// <summary>A time of our epoch; null when there is none.</summary>
    private DateTimeOffset? ReadTime(ref Utf8JsonReader reader, string field)
    {
        if (reader.TokenType == JsonTokenType.Null || ReadText(ref reader, field) is not { } text)
        {
            return null;
        }

        if (!EventTimestamp.TryParse(text, out var time))
        {
            errors.Add(
                Field(field),
                "It must be an ISO 8601 date and time with an offset from UTC, as in 2026-08-01T12:00:00Z or "
                + "2026-08-01T14:00:00.250+02:00.");
        }
        else if (time < DateTimeOffset.UnixEpoch)
        {
            errors.Add(Field(field), "It must not be before 1970.");
        }
        else
        {
            return time;
        }

        return null;
    }

    private void ReadTraceParent(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null || ReadText(ref reader, TraceParent) is not { } text)
        {
            return;
        }

        if (!ActivityContext.TryParse(text, traceState: null, out _))
        {
            errors.Add(
                Field(TraceParent), "It must be a W3C trace context, as in 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01.");
        }
        else
        {
            _traceParent = text;
        }
    }

    /// <summary>The text of a string, or null with an error.</summary>
    private string? ReadText(ref Utf8JsonReader reader, string name)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            errors.Add(Field(name), $"It must be a string, not {KindOf(reader.TokenType)}.");
            reader.Skip();
            return null;
        }

        if (JsonbRules.FaultOfString(reader.ValueSpan) is { } fault)
        {
            errors.Add(Field(name), fault);
            return null;
        }

        return reader.GetString();
    }

    private string Field(string name) => path.Length == 0 ? Excerpt.Of(name) : $"{path}.{Excerpt.Of(name)}";

    private string Suggestion(string name) => types.Nearest(name) switch
    {
        [] => "",
        [var one] => $"Did you mean {one}? ",
        var several => $"Did you mean {string.Join(", ", several.SkipLast(1))} or {several[^1]}? ",
    };

    private static string KindOf(JsonTokenType token) => token switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.String => "a string",
        JsonTokenType.Number => "a number",
        JsonTokenType.Null => "null",
        _ => "true or false",
    };
}
