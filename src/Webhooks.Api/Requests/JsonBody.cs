using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;

namespace Webhooks.Api.Requests;

/// <summary>A request's JSON object, under any Content-Type: <c>curl -d</c> without a header sends a form's.</summary>
internal static class JsonBody
{
    private const int UsualDepth = 32;

    /// <summary>The object that a body holds.</summary>
    /// <param name="utf8Json">The body.</param>
    /// <param name="maxDepth">Levels of objects and arrays that it may have.</param>
    /// <exception cref="BadHttpRequestException">It is not a JSON object; the message says where it ceases to be one.</exception>
    public static JsonElement ParseObject(ReadOnlySpan<byte> utf8Json, int maxDepth = UsualDepth) =>
        Parse(utf8Json, maxDepth, JsonValueKind.Object, "a JSON object", """{"name": "value"}""");

    /// <summary>The array that a body holds.</summary>
    /// <param name="utf8Json">The body.</param>
    /// <exception cref="BadHttpRequestException">It is not a JSON array; the message says where it ceases to be one.</exception>
    public static JsonElement ParseArray(ReadOnlySpan<byte> utf8Json) =>
        Parse(utf8Json, UsualDepth, JsonValueKind.Array, "a JSON array", """[{"name": "value"}]""");

    private static JsonElement Parse(ReadOnlySpan<byte> utf8Json, int maxDepth, JsonValueKind kind, string what, string example)
    {
        if (utf8Json.IsEmpty)
        {
            throw Malformed($"The body is empty. Send {what}.");
        }

        if (!Utf8.IsValid(utf8Json))
        {
            throw Malformed("The body is not UTF-8 text.");
        }

        try
        {
            CheckEscapes(utf8Json, maxDepth);
            var value = JsonElement.Parse(utf8Json, new JsonDocumentOptions { MaxDepth = maxDepth });
            return value.ValueKind == kind ? value : throw Malformed($"The body must be {what}, as in {example}.");
        }
        catch (JsonException malformed)
        {
            throw Malformed(
                $"The body is not valid JSON at line {malformed.LineNumber + 1}, byte {malformed.BytePositionInLine + 1}: "
                + $"{Reason(malformed)}");
        }
    }

    /// <summary>
    /// JSON can write half of a surrogate pair, which is no text: <c>"\ud800"</c>. The parser would say so only when the string is used.
    /// </summary>
    private static void CheckEscapes(ReadOnlySpan<byte> utf8Json, int maxDepth)
    {
        var reader = new Utf8JsonReader(utf8Json, new JsonReaderOptions { MaxDepth = maxDepth });
        while (reader.Read())
        {
            if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName) || !reader.ValueIsEscaped)
            {
                continue;
            }

            try
            {
                reader.GetString();
            }
            catch (InvalidOperationException)
            {
                throw Malformed(
                    $"The body is not valid JSON: the text that begins at byte {reader.TokenStartIndex + 1} has half of a surrogate pair.");
            }
        }
    }

    /// <summary>The parser's reason without its own way to write the position, and without advice for its programmer.</summary>
    private static string Reason(JsonException malformed)
    {
        var text = malformed.Message;
        foreach (var end in (string[])[" LineNumber:", " Change the reader options", " Cannot read next JSON"])
        {
            var at = text.IndexOf(end, StringComparison.Ordinal);
            text = at < 0 ? text : text[..at];
        }

        return text;
    }

    private static BadHttpRequestException Malformed(string message) => new(message, StatusCodes.Status400BadRequest);
}
