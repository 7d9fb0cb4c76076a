using System.Text.Json;

namespace Webhooks.Core.Events;

/// <summary>
/// How this folder reads JSON text: strictly, and without a bound on nesting, which is checked where it can be explained.
/// </summary>
internal static class JsonText
{
    public static Utf8JsonReader Reader(ReadOnlySpan<byte> utf8Json) =>
        new(utf8Json, new JsonReaderOptions { MaxDepth = int.MaxValue });

    /// <summary>The text of the value that the reader stands on; moves the reader to the value's end.</summary>
    /// <param name="json">What the reader reads.</param>
    public static ReadOnlyMemory<byte> Value(ReadOnlyMemory<byte> json, ref Utf8JsonReader reader)
    {
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return json[start..(int)reader.BytesConsumed];
    }

    /// <summary>
    /// Whether well-formed JSON is an object with a member of that name. Where the name does not occur at all, which is the common case,
    /// the text is searched and not read.
    /// </summary>
    public static bool HasMember(ReadOnlySpan<byte> json, ReadOnlySpan<byte> name)
    {
        if (json.IndexOf(name) < 0)
        {
            return false;
        }

        var reader = Reader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals(name))
            {
                return true;
            }

            reader.Skip();
        }

        return false;
    }
}
