using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using Webhooks.Core.Events;

namespace Webhooks.Api.Requests;

/// <summary>Reads a request's JSON object, under any Content-Type: <c>curl -d</c> without a header sends a form's.</summary>
internal static class JsonBody
{
    private const int MaxDepth = 32;

    /// <summary>Reads the body's members; <paramref name="errors"/> gets what is wrong with them as they are taken.</summary>
    /// <exception cref="BadHttpRequestException">The body is too large, or is not a JSON object.</exception>
    public static async Task<JsonFields> ReadObjectAsync(
        HttpRequest request, int limit, FieldErrors errors, CancellationToken cancellationToken)
    {
        using var body = await RequestBody.ReadAsync(request, limit, cancellationToken);
        return body.Bytes.IsEmpty
            ? throw Malformed("The body is empty. Send a JSON object.")
            : new JsonFields(ParseObject(body.Bytes.Span), errors);
    }

    /// <summary>The same for an operation that needs no body: without one there are no members.</summary>
    /// <exception cref="BadHttpRequestException">The body is too large, or is neither empty nor a JSON object.</exception>
    public static async Task<JsonFields> ReadOptionalObjectAsync(
        HttpRequest request, int limit, FieldErrors errors, CancellationToken cancellationToken)
    {
        using var body = await RequestBody.ReadAsync(request, limit, cancellationToken);
        return new JsonFields(body.Bytes.IsEmpty ? ParseObject("{}"u8) : ParseObject(body.Bytes.Span), errors);
    }

    private static JsonElement ParseObject(ReadOnlySpan<byte> utf8Json)
    {
        if (!Utf8.IsValid(utf8Json))
        {
            throw Malformed("The body is not UTF-8 text.");
        }

        try
        {
            CheckEscapes(utf8Json);
            var value = JsonElement.Parse(utf8Json, new JsonDocumentOptions { MaxDepth = MaxDepth });
            return value.ValueKind == JsonValueKind.Object
                ? value
                : throw Malformed("The body must be a JSON object, as in {\"name\": \"value\"}.");
        }
        catch (JsonException malformed)
        {
            throw Malformed(
                $"The body is not valid JSON at line {malformed.LineNumber + 1}, byte {malformed.BytePositionInLine + 1}: {Reason(malformed)}");
        }
    }

    /// <summary>
    /// JSON can write half of a surrogate pair, which is no text: <c>"\ud800"</c>. The parser would say so only when the string is used.
    /// </summary>
    private static void CheckEscapes(ReadOnlySpan<byte> utf8Json)
    {
        var reader = new Utf8JsonReader(utf8Json, new JsonReaderOptions { MaxDepth = MaxDepth });
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
