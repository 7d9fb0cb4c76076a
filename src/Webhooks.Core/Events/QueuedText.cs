using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Webhooks.Core.Events;

/// <summary>The ways in which programs write JSON to a queue: as it is, or encoded in some form of base64; and what else they put
/// there.</summary>
internal static class QueuedText
{
    private const string Example = "{\"org_id\": …, \"event\": …, \"data\": {…}}";

    private static ReadOnlySpan<byte> WhiteSpace => " \t\r\n"u8;

    /// <summary>
    /// The JSON of a message: its text, or what that stands for when it is base64, with the standard or the URL's alphabet, with or without
    /// padding and line breaks. No JSON object or array is that, so there is nothing to guess.
    /// </summary>
    public static ReadOnlyMemory<byte> Json(ReadOnlyMemory<byte> text) =>
        StartsJson(text.Span) ? text : Decode(text.Span) ?? text;

    /// <summary>What a message that could not be read looks like, and the mend; null when it looks like an event message.</summary>
    /// <param name="json">What <see cref="Json"/> gave.</param>
    public static string? Mend(ReadOnlyMemory<byte> json)
    {
        var bytes = json.Span;
        if (bytes.Trim(WhiteSpace).IsEmpty)
        {
            return $"It is empty. Send one event as a JSON object, {Example}.";
        }

        if (bytes is [0x1F, 0x8B, ..])
        {
            return "It looks like gzip. Send the JSON as it is.";
        }

        if (bytes is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] || bytes.Contains((byte)0))
        {
            return "It looks like UTF-16. Send UTF-8.";
        }

        if (!StartsJson(bytes) && Decode(bytes) is { } decoded && StartsJson(Json(decoded).Span))
        {
            return "It looks like base64 of base64. Encode it once, or not at all: "
                + "when the queue client encodes messages, give it the JSON itself.";
        }

        return Parse(json) is { } value ? Mend(value) : null;
    }

    private static string? Mend(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String when StartsJson(Encoding.UTF8.GetBytes(value.GetString()!)) =>
            "It is JSON within a JSON string. Serialize the event once.",
        JsonValueKind.Array =>
            "It is an array. A message of the queue holds one event: send each as a message of its own, without the brackets.",
        JsonValueKind.Object => null,
        _ => $"It is no JSON object. Send one event, {Example}.",
    };

    private static JsonElement? Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            return JsonElement.Parse(json.Span);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool StartsJson(ReadOnlySpan<byte> text)
    {
        var start = (text.StartsWith("\uFEFF"u8) ? text[3..] : text).TrimStart(WhiteSpace);
        return start.StartsWith("{"u8) || start.StartsWith("["u8);
    }

    /// <summary>What base64 of any form stands for; null when the text is none.</summary>
    private static byte[]? Decode(ReadOnlySpan<byte> text)
    {
        // The URL's alphabet, without what forms differ in: line breaks and padding.
        var digits = new byte[text.Length];
        var count = 0;
        foreach (var character in text.TrimEnd("= \t\r\n"u8))
        {
            if (!WhiteSpace.Contains(character))
            {
                digits[count++] = character switch { (byte)'+' => (byte)'-', (byte)'/' => (byte)'_', _ => character };
            }
        }

        var decoded = new byte[Base64Url.GetMaxDecodedLength(count)];
        return Base64Url.DecodeFromUtf8(digits.AsSpan(0, count), decoded, out _, out var length) == OperationStatus.Done
            ? decoded[..length]
            : null;
    }
}
