using System.Text.Json;
using System.Text.Json.Serialization;

namespace Webhooks.Api.Json;

/// <summary>The converter of stored JSON, which it embeds in an answer without parsing it.</summary>
internal sealed class RawJsonConverter : JsonConverter<RawJson>
{
    /// <exception cref="NotSupportedException">Always: no request is read through it.</exception>
    public override RawJson Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("Raw JSON is only written.");

    public override void Write(Utf8JsonWriter writer, RawJson value, JsonSerializerOptions options) =>
        writer.WriteRawValue(value.Text, skipInputValidation: true);
}
