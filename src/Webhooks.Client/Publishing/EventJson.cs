using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Webhooks.Client.Publishing;

/// <summary>The JSON of events, as the platform reads it.</summary>
internal static class EventJson
{
    /// <summary>
    /// The options that <c>data</c> is serialized with unless the caller gives others: property names in
    /// snake_case, text unescaped where JSON allows it.
    /// </summary>
    public static JsonSerializerOptions DataOptions { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>
    /// The W3C <c>traceparent</c> of what the publisher is doing, so that the deliveries can be traced back to it where no header carries
    /// it. Null when it is not sampled.
    /// </summary>
    public static string? CurrentTraceParent =>
        Activity.Current is { Recorded: true, IdFormat: ActivityIdFormat.W3C } current ? current.Id : null;

    /// <summary>One event, as UTF-8.</summary>
    /// <param name="traceParent">The W3C traceparent of what the publisher is doing, where nothing else carries it; or null.</param>
    /// <exception cref="ArgumentException">Its data is no JSON object.</exception>
    public static ReadOnlyMemory<byte> Write(WebhookEvent webhookEvent, JsonSerializerOptions dataOptions, string? traceParent = null) =>
        Write(writer => Write(writer, webhookEvent, dataOptions, traceParent));

    /// <summary>An array of events, as UTF-8.</summary>
    /// <exception cref="ArgumentException">The data of one is no JSON object.</exception>
    public static ReadOnlyMemory<byte> Write(IEnumerable<WebhookEvent> events, JsonSerializerOptions dataOptions) =>
        Write(writer =>
        {
            writer.WriteStartArray();
            foreach (var webhookEvent in events)
            {
                Write(writer, webhookEvent, dataOptions, traceParent: null);
            }

            writer.WriteEndArray();
        });

    /// <summary>The data of an event.</summary>
    /// <exception cref="ArgumentException">It is no JSON object.</exception>
    public static JsonElement Data(WebhookEvent webhookEvent, JsonSerializerOptions dataOptions)
    {
        var data = JsonSerializer.SerializeToElement(webhookEvent.Data, webhookEvent.Data.GetType(), dataOptions);
        return data.ValueKind == JsonValueKind.Object
            ? data
            : throw new ArgumentException(
                $"The data of an event must serialize to a JSON object; {webhookEvent.Data.GetType()} gave a JSON {data.ValueKind}.",
                nameof(webhookEvent));
    }

    private static ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            write(writer);
        }

        return buffer.WrittenMemory;
    }

    private static void Write(Utf8JsonWriter writer, WebhookEvent webhookEvent, JsonSerializerOptions dataOptions, string? traceParent)
    {
        var data = Data(webhookEvent, dataOptions);
        writer.WriteStartObject();
        writer.WriteString("org_id", webhookEvent.OrgId);
        writer.WriteString("event", webhookEvent.Type);
        writer.WriteString("id", webhookEvent.Id);
        WriteTime(writer, "timestamp", webhookEvent.Timestamp);
        WriteTime(writer, "deliver_at", webhookEvent.DeliverAt);
        if (webhookEvent.OrderingKey is { } orderingKey)
        {
            writer.WriteString("ordering_key", orderingKey);
        }

        if (traceParent is not null)
        {
            writer.WriteString("traceparent", traceParent);
        }

        writer.WritePropertyName("data");
        data.WriteTo(writer);
        writer.WriteEndObject();
    }

    private static void WriteTime(Utf8JsonWriter writer, string name, DateTimeOffset? time)
    {
        if (time is { } given)
        {
            writer.WriteString(name, given.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
        }
    }
}
