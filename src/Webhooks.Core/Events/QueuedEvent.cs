using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Webhooks.Core.Events;

/// <summary>An event message as a storage queue holds it.</summary>
/// <param name="MessageId">The queue's id of the message; the same each time the message is received.</param>
/// <param name="InsertedOn">When it was put on the queue, UTC.</param>
/// <param name="Body">The message in UTF-8: JSON, or base64 of it, which some storage libraries add.</param>
public sealed record QueuedEvent(string MessageId, DateTimeOffset InsertedOn, ReadOnlyMemory<byte> Body)
{
    /// <summary>
    /// Reads the message. An event without an idempotency key gets one from the queue's id, so that a message that is received again, because a
    /// process died before it removed it, is the same event.
    /// </summary>
    public EventMessages Read(EventMessageReader reader)
    {
        var read = reader.Read(Json(), orgId: null);
        return read with { Messages = [.. read.Messages.Select(message => message with { Key = message.Key ?? OwnKey() })] };
    }

    private ReadOnlyMemory<byte> Json()
    {
        // No JSON object is valid base64, so there is nothing to guess.
        var decoded = new byte[Base64.GetMaxDecodedFromUtf8Length(Body.Length)];
        return Base64.DecodeFromUtf8(Body.Span, decoded, out _, out var length) == OperationStatus.Done
            ? decoded.AsMemory(0, length)
            : Body;
    }

    /// <summary>A UUIDv7 of the message's own, which is used as the event's id and needs no place in the table of keys.</summary>
    private string OwnKey() =>
        UuidV7.Create(InsertedOn, SHA256.HashData(Encoding.UTF8.GetBytes(MessageId))).ToString("D");
}
