using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Webhooks.Core.Events;
using Webhooks.Core.EventTypes;

namespace Webhooks.Core.CloudEvents;

/// <summary>
/// The reader of an event of CloudEvents 1.0 in its JSON format: its attributes are named as the fields of the event message that it stands
/// for, and then read as those are. Attributes that nothing here knows are not kept.
/// </summary>
/// <param name="limits">Bounds on what they hold.</param>
/// <param name="types">The event types.</param>
/// <param name="callerOrgId">The organization that the caller publishes for; null when the event must name it.</param>
/// <param name="path">Where the event stands, as in <c>[3]</c>; empty when it is the whole text.</param>
/// <param name="errors">Takes what is wrong with it, by the names of its attributes.</param>
/// <param name="now">The time.</param>
internal sealed class CloudEventFields(
    WebhooksLimits limits, EventCatalog types, Guid? callerOrgId, string path, FieldErrors errors, DateTimeOffset now)
{
    /// <summary>What every event has, and no event message.</summary>
    private const string SpecVersion = "specversion";

    public const string Data = "data";
    private const string DataContentType = "datacontenttype";

    private const string Version = "1.0";
    private const string Id = "id";
    private const string Source = "source";
    private const string BinaryData = "data_base64";

    private static readonly Dictionary<string, string> _fields = new(StringComparer.Ordinal)
    {
        ["type"] = "event",
        ["time"] = "timestamp",
        ["orgid"] = "org_id",
        [Data] = "data",
        ["traceparent"] = "traceparent",
        ["deliverat"] = "deliver_at",
        ["orderingkey"] = "ordering_key",
    };

    private static readonly Dictionary<string, string> _attributes = _fields.ToDictionary(
        attribute => attribute.Value, attribute => attribute.Key, StringComparer.Ordinal);

    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly ArrayBufferWriter<byte> _message = new();

    private string? _id;
    private string? _source;

    /// <summary>Whether well-formed JSON is such an event and no event message.</summary>
    public static bool IsOne(ReadOnlySpan<byte> json) => JsonText.HasMember(json, "specversion"u8);

    /// <summary>Reads an event that is known to be well-formed JSON.</summary>
    /// <returns>What it stands for; null when there are errors.</returns>
    public EventMessage? Read(ReadOnlyMemory<byte> json)
    {
        var reader = JsonText.Reader(json.Span);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            errors.Add(path, "A CloudEvents event is a JSON object with the attributes specversion, id, source, type and data.");
            return null;
        }

        var errorsBefore = errors.Count;
        using (var writer = new Utf8JsonWriter(_message, new JsonWriterOptions { SkipValidation = true }))
        {
            writer.WriteStartObject();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName && !errors.IsFull)
            {
                ReadAttribute(json, ref reader, writer);
            }

            RequireAttributes();
            if (_source is not null && _id is not null)
            {
                writer.WriteString(Id, KeyOf(_source, _id));
            }

            writer.WriteEndObject();
        }

        var message = ReadMessage();
        return errors.Count == errorsBefore ? message : null;
    }

    /// <summary>
    /// The idempotency key: the two attributes that together name one event, of any length, in one that is no publisher's own.
    /// </summary>
    private static string KeyOf(string source, string id) =>
        "cloudevents:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{source}\0{id}")));

    private void ReadAttribute(ReadOnlyMemory<byte> json, ref Utf8JsonReader reader, Utf8JsonWriter writer)
    {
        if (JsonbRules.FaultOfString(reader.ValueSpan) is { } fault)
        {
            errors.Add(path, $"An attribute's name cannot be used. {fault}");
            reader.Skip();
            return;
        }

        var name = reader.GetString()!;
        reader.Read();
        if (!_seen.Add(name))
        {
            errors.Add(Field(name), "The attribute appears more than once. Keep one.");
            reader.Skip();
            return;
        }

        switch (name)
        {
            case SpecVersion:
                if (ReadText(ref reader, name) is { } version && version != Version)
                {
                    errors.Add(Field(name), $"It must be {Version}: other versions of CloudEvents are not read here.");
                }

                break;
            case Id:
                _id = ReadText(ref reader, name);
                break;
            case Source:
                _source = ReadText(ref reader, name);
                break;
            case DataContentType when reader.TokenType != JsonTokenType.Null:
                ReadContentType(ref reader);
                break;
            case BinaryData:
                errors.Add(Field(name), "It is binary data. Send a JSON object as data.");
                reader.Skip();
                break;
            default:
                Write(name, JsonText.Value(json, ref reader), writer);
                break;
        }
    }

    private static void Write(string attribute, ReadOnlyMemory<byte> value, Utf8JsonWriter writer)
    {
        // An attribute that is null is one that is left out; data may be null.
        if (_fields.TryGetValue(attribute, out var field) && (attribute == Data || !value.Span.SequenceEqual("null"u8)))
        {
            writer.WritePropertyName(field);
            writer.WriteRawValue(value.Span, skipInputValidation: true);
        }
    }

    private void RequireAttributes()
    {
        foreach (var name in (ReadOnlySpan<string>)[SpecVersion, Id, Source])
        {
            if (!_seen.Contains(name))
            {
                errors.Add(Field(name), "It is missing: every event of CloudEvents 1.0 has it.");
            }
        }
    }

    private void ReadContentType(ref Utf8JsonReader reader)
    {
        if (ReadText(ref reader, DataContentType) is { } type && !IsJson(type))
        {
            errors.Add(Field(DataContentType), $"It must be application/json, not {Excerpt.Of(type)}: data is a JSON object.");
        }
    }

    private static bool IsJson(string contentType)
    {
        var type = contentType.AsSpan();
        type = (type.IndexOf(';') is >= 0 and var end ? type[..end] : type).Trim();
        return type.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            || type.EndsWith("+json", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The text of a string that has one, or null with an error.</summary>
    private string? ReadText(ref Utf8JsonReader reader, string name)
    {
        if (reader.TokenType != JsonTokenType.String || reader.ValueSpan.IsEmpty)
        {
            errors.Add(Field(name), "It must be a string that is not empty.");
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

    private EventMessage? ReadMessage()
    {
        var found = new FieldErrors();
        var message = new EventMessageFields(limits, types, callerOrgId, path: "", found, now).Read(_message.WrittenMemory);
        foreach (var (field, messages) in found.ToDictionary())
        {
            var length = field.AsSpan().IndexOfAny('.', '[') is >= 0 and var end ? end : field.Length;
            if (_attributes.TryGetValue(field[..length], out var attribute))
            {
                Array.ForEach(messages, text => errors.Add(Field(attribute + field[length..]), text));
            }
        }

        return message;
    }

    private string Field(string name) => path.Length == 0 ? name : $"{path}.{name}";
}
