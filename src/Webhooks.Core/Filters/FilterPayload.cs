using System.Text;
using System.Text.Json;
using Webhooks.Core.Events;

namespace Webhooks.Core.Filters;

/// <summary>What a filter looks at of a payload.</summary>
/// <param name="Event">The event type.</param>
/// <param name="Timestamp">When it happened, as receivers are told.</param>
/// <param name="Data">What happened: JSON.</param>
public sealed record FilterPayload(string Event, string Timestamp, string Data)
{
    /// <summary>Reads one as a webhook gets it; null when it is none, which the errors get.</summary>
    /// <param name="payload">A JSON object; what is not <c>event</c>, <c>timestamp</c> or <c>data</c> is not looked at.</param>
    /// <param name="name">The name of the field that holds it.</param>
    /// <param name="errors">Gets what is wrong.</param>
    public static FilterPayload? Read(JsonElement payload, string name, FieldErrors errors)
    {
        if (payload.ValueKind != JsonValueKind.Object)
        {
            errors.Add(name, "It must be an object as webhooks get it: {\"event\":…,\"timestamp\":…,\"data\":{…}}.");
            return null;
        }

        var before = errors.Count;
        var eventType = Text("event");
        var timestamp = Text("timestamp");
        if (!payload.TryGetProperty("data", out var data))
        {
            errors.Add($"{name}.data", "It is missing.");
            return null;
        }

        var text = data.GetRawText();
        new JsonbInspection(errors, $"{name}.data", EventMessageReader.MaxDepth - 1).Run(Encoding.UTF8.GetBytes(text));
        return errors.Count > before ? null : new FilterPayload(eventType, timestamp, text);

        string Text(string field)
        {
            if (!payload.TryGetProperty(field, out var value) || value.ValueKind != JsonValueKind.String)
            {
                errors.Add($"{name}.{field}", "It must be a string, as in a payload.");
                return "";
            }

            var given = value.GetString()!;
            if (given.Contains('\0', StringComparison.Ordinal))
            {
                errors.Add($"{name}.{field}", "It contains the character U+0000, which no payload can have.");
            }

            return given;
        }
    }
}
