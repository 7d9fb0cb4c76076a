using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;
using Webhooks.Core.CloudEvents;
using Webhooks.Core.EventTypes;

namespace Webhooks.Core.Events;

/// <summary>
/// The reader of event messages, and of events of CloudEvents 1.0 in their place, from the queue or a request. It refuses whatever could
/// not be stored or sent.
/// </summary>
/// <remarks>
/// Nothing that it is given makes it throw. It accepts one JSON value (RFC 8259) in UTF-8, without comments, trailing commas or repeated
/// property names, within the limits of <see cref="WebhooksLimits"/>; a byte order mark at the beginning is ignored. What it accepts can be
/// cast to jsonb, and <c>data</c> is within <see cref="WebhooksLimits.EventBytes"/> also as jsonb prints it. Event types are those
/// that this process knows: who must not refuse one that was made just now has them read again first.
/// </remarks>
/// <param name="options">The settings.</param>
/// <param name="types">The event types.</param>
/// <param name="clock">Says how far ahead a time is; null for the system's.</param>
public sealed class EventMessageReader(WebhooksOptions options, KnownEventTypes types, TimeProvider? clock = null)
{
    /// <summary>
    /// Levels of objects and arrays in a message, itself included. The delivered payload has as many, and many JSON readers take no more.
    /// </summary>
    public const int MaxDepth = 64;

    private readonly WebhooksLimits _limits = options.Limits;
    private readonly TimeProvider _clock = clock ?? TimeProvider.System;

    /// <summary>Reads one event message.</summary>
    /// <param name="utf8Json">The whole message. What is read refers to this memory: leave it unchanged.</param>
    /// <param name="orgId">
    /// The organization it is published for when the message names none, and the only one it may name; null when it must name one.
    /// </param>
    /// <param name="isCloudEvent">Whether it must be one of CloudEvents; otherwise it says by itself what it is.</param>
    public EventMessages Read(ReadOnlyMemory<byte> utf8Json, Guid? orgId, bool isCloudEvent = false)
    {
        var errors = new FieldErrors();
        var json = WithoutByteOrderMark(utf8Json);
        var message = IsWithin(_limits.EventBytes, json, field: "", errors) && IsJson(json.Span, errors)
            ? ReadMessage(json, field: "", orgId, isCloudEvent, errors)
            : null;
        return Result([message], isArray: false, errors);
    }

    /// <summary>
    /// Reads an event of CloudEvents 1.0 whose attributes and data came apart from each other, as in HTTP's binary mode.
    /// </summary>
    /// <param name="attributes">The attributes, by name.</param>
    /// <param name="utf8Data">The data; empty when there is none.</param>
    /// <param name="orgId">The organization, as for <see cref="Read"/>.</param>
    public EventMessages ReadCloudEvent(
        IEnumerable<KeyValuePair<string, string>> attributes, ReadOnlyMemory<byte> utf8Data, Guid? orgId)
    {
        var errors = new FieldErrors();
        var data = WithoutByteOrderMark(utf8Data);
        if (!IsWithin(_limits.EventBytes, data, field: "", errors) || (!data.IsEmpty && !IsJson(data.Span, errors)))
        {
            return Result([null], isArray: false, errors);
        }

        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json, new JsonWriterOptions { SkipValidation = true }))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in attributes)
            {
                writer.WriteString(name, value);
            }

            if (!data.IsEmpty)
            {
                writer.WritePropertyName(CloudEventFields.Data);
                writer.WriteRawValue(data.Span, skipInputValidation: true);
            }

            writer.WriteEndObject();
        }

        return Result([ReadMessage(json.WrittenMemory, field: "", orgId, isCloudEvent: true, errors)], isArray: false, errors);
    }

    /// <summary>Reads a request body: one event message, or an array of them.</summary>
    /// <param name="utf8Json">The whole body. What is read refers to this memory: leave it unchanged.</param>
    /// <param name="orgId">
    /// The organization they are published for when they name none, and the only one they may name; null when each must name one.
    /// </param>
    /// <param name="areCloudEvents">Whether they must be CloudEvents; otherwise each says by itself what it is.</param>
    public EventMessages ReadMany(ReadOnlyMemory<byte> utf8Json, Guid? orgId, bool areCloudEvents = false)
    {
        var json = WithoutByteOrderMark(utf8Json);
        if (!StartsArray(json.Span))
        {
            return Read(json, orgId, areCloudEvents);
        }

        var errors = new FieldErrors();
        IReadOnlyList<EventMessage?> messages = IsWithin(_limits.PublishBytes, json, field: "", errors) && IsJson(json.Span, errors)
            ? ReadItems(json, orgId, areCloudEvents, errors)
            : [];
        return Result(messages, isArray: true, errors);
    }

    private List<EventMessage?> ReadItems(ReadOnlyMemory<byte> json, Guid? orgId, bool areCloudEvents, FieldErrors errors)
    {
        var messages = new List<EventMessage?>();
        var reader = JsonText.Reader(json.Span);
        reader.Read();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray && !errors.IsFull)
        {
            if (messages.Count == _limits.EventsPerRequest)
            {
                errors.Add("", $"An array may hold {_limits.EventsPerRequest} events at most. Send the others in another request.");
                break;
            }

            var item = JsonText.Value(json, ref reader);
            var field = string.Create(CultureInfo.InvariantCulture, $"[{messages.Count}]");
            messages.Add(
                IsWithin(_limits.EventBytes, item, field, errors) ? ReadMessage(item, field, orgId, areCloudEvents, errors) : null);
        }

        if (messages.Count == 0)
        {
            errors.Add("", "The array is empty. Send at least one event.");
        }

        return messages;
    }

    private EventMessage? ReadMessage(
        ReadOnlyMemory<byte> json, string field, Guid? orgId, bool isCloudEvent, FieldErrors errors)
    {
        if (EventGridSchema.IsOne(json.Span))
        {
            errors.Add(field, EventGridSchema.Mend);
            return null;
        }

        return isCloudEvent || CloudEventFields.IsOne(json.Span)
            ? new CloudEventFields(_limits, types.Current, orgId, field, errors, _clock.GetUtcNow()).Read(json)
            : new EventMessageFields(_limits, types.Current, orgId, field, errors, _clock.GetUtcNow()).Read(json);
    }

    private static EventMessages Result(IReadOnlyList<EventMessage?> messages, bool isArray, FieldErrors errors) =>
        new(errors.Count == 0 ? [.. messages.Select(message => message!)] : [], isArray, errors.ToDictionary());

    private static bool IsWithin(int limit, ReadOnlyMemory<byte> json, string field, FieldErrors errors)
    {
        if (json.Length > limit)
        {
            errors.Add(field, $"It has {json.Length} bytes; {limit} are allowed at most.");
        }

        return json.Length <= limit;
    }

    private static bool IsJson(ReadOnlySpan<byte> json, FieldErrors errors)
    {
        // The JSON reader does not look into strings that nobody asks for.
        if (!Utf8.IsValid(json))
        {
            errors.Add("", "It is not valid UTF-8.");
            return false;
        }

        try
        {
            for (var reader = JsonText.Reader(json); reader.Read();)
            {
            }

            return true;
        }
        catch (JsonException invalid)
        {
            errors.Add("", string.Create(
                CultureInfo.InvariantCulture,
                $"It is not valid JSON: look at line {invalid.LineNumber + 1}, byte {invalid.BytePositionInLine + 1}."));
            return false;
        }
    }

    private static ReadOnlyMemory<byte> WithoutByteOrderMark(ReadOnlyMemory<byte> utf8) =>
        utf8.Span.StartsWith("\uFEFF"u8) ? utf8[3..] : utf8;

    private static bool StartsArray(ReadOnlySpan<byte> json) =>
        json.TrimStart(" \t\r\n"u8).StartsWith("["u8);
}
