using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Webhooks.Api.Events;

/// <summary>A request as the HTTP protocol binding of CloudEvents 1.0 puts events into it.</summary>
internal static class CloudEventRequest
{
    private const string Prefix = "ce-";
    private const string AnyFormat = "application/cloudevents";
    private const string Structured = AnyFormat + "+json";
    private const string Batched = AnyFormat + "-batch+json";

    /// <summary>Whether the body is an event with its attributes (structured mode) or an array of such, as its Content-Type says.</summary>
    /// <exception cref="BadHttpRequestException">415: it is, but not in JSON.</exception>
    public static bool IsStructured(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            || !type.MediaType.StartsWith(AnyFormat, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        return type.MediaType.Equals(Structured, StringComparison.OrdinalIgnoreCase)
            || type.MediaType.Equals(Batched, StringComparison.OrdinalIgnoreCase)
            ? true
            : throw new BadHttpRequestException(
                $"CloudEvents are read here in JSON, as {Structured} or {Batched}, or in binary mode with data in JSON.",
                StatusCodes.Status415UnsupportedMediaType);
    }

    /// <summary>Whether the body is an event's data, and its headers are its attributes (binary mode).</summary>
    public static bool IsBinary(HttpRequest request) =>
        request.Headers.ContainsKey(Prefix + "specversion") || request.Headers.ContainsKey(Prefix + "type");

    /// <summary>The attributes of an event in binary mode.</summary>
    public static List<KeyValuePair<string, string>> Attributes(HttpRequest request)
    {
        var attributes = request.Headers
            .Where(header => header.Key.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            .Select(header => KeyValuePair.Create(header.Key[Prefix.Length..].ToLowerInvariant(), Decode(header.Value.ToString())))
            .ToList();
        if (request.ContentType is { Length: > 0 } type)
        {
            attributes.Add(new("datacontenttype", type));
        }

        return attributes;
    }

    /// <summary>The value that a header stands for: it may be quoted, and is percent-encoded (section 3.1.3.2 of the binding).</summary>
    private static string Decode(string value) => Uri.UnescapeDataString(
        value is ['"', .. var quoted, '"'] ? HeaderUtilities.UnescapeAsQuotedString($"\"{quoted}\"").ToString() : value);
}
