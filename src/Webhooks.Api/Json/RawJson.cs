using System.Text.Json.Serialization;

namespace Webhooks.Api.Json;

/// <summary>A JSON object that is shown exactly as it is stored.</summary>
/// <param name="Text">Valid JSON.</param>
[JsonConverter(typeof(RawJsonConverter))]
internal sealed record RawJson(string Text)
{
    /// <summary>Null for null.</summary>
    public static RawJson? From(string? text) => text is null ? null : new RawJson(text);
}
