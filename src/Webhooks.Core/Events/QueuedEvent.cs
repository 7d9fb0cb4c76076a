using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Webhooks.Core.Events;

/// <summary>An event message as a storage queue holds it.</summary>
/// <param name="MessageId">The queue's id of the message; the same each time the message is received.</param>
/// <param name="InsertedOn">When it was put on the queue, UTC.</param>
/// <param name="Receives">How often it has been received, this time included.</param>
/// <param name="Body">The message in UTF-8: JSON, or base64 of it in any form, which some storage libraries add.</param>
public sealed record QueuedEvent(string MessageId, DateTimeOffset InsertedOn, long Receives, ReadOnlyMemory<byte> Body)
{
    /// <summary>
    /// Reads the message. An event without an idempotency key gets its id from the queue's, so that a message that is received again,
    /// because a process died before it removed it, is the same event.
    /// </summary>
    public EventMessages Read(EventMessageReader reader)
    {
        var json = QueuedText.Json(Body);
        var read = reader.Read(json, orgId: null);
        if (read.Errors.Count > 0 && QueuedText.Mend(json) is { } mend)
        {
            return read with { Errors = new Dictionary<string, string[]> { [""] = [mend] } };
        }

        return read with { Messages = [.. read.Messages.Select(Identified)] };
    }

    /// <summary>
    /// The text of a message that is to be put on the queue again: of an event that had its id from this message, with that id, so that it
    /// is the same event.
    /// </summary>
    /// <param name="read">The event that <see cref="Read"/> gave.</param>
    public string NamedText(EventMessage read)
    {
        if (read.OwnId is not { } id)
        {
            return Encoding.UTF8.GetString(Body.Span);
        }

        const string Id = "id";
        var json = QueuedText.Json(Body);
        using var document = JsonDocument.Parse(
            json.Span.StartsWith(Encoding.UTF8.Preamble) ? json[Encoding.UTF8.Preamble.Length..] : json);
        using var text = new MemoryStream();
        using (var writer = new Utf8JsonWriter(text))
        {
            writer.WriteStartObject();
            writer.WriteString(Id, id);
            foreach (var member in document.RootElement.EnumerateObject().Where(member => member.Name != Id))
            {
                member.WriteTo(writer);
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length);
    }

    private EventMessage Identified(EventMessage message) =>
        message.Key is null ? message with { OwnId = OwnId(), MayBeStored = Receives > 1 } : message;

    /// <summary>A UUIDv7 of the message's own, which needs no place in the table of keys.</summary>
    private Guid OwnId() => UuidV7.Create(InsertedOn, SHA256.HashData(Encoding.UTF8.GetBytes(MessageId)));
}
