using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Jint;
using Jint.Native;
using Jint.Native.Function;
using Jint.Native.Object;
using Jint.Runtime;

namespace Webhooks.Core.Transforms;

/// <summary>
/// The writer of values as <c>JSON.stringify</c> has them, but never more than a number of bytes, and nothing without an end.
/// </summary>
internal sealed class TransformJson(Engine engine, int mostBytes)
{
    private static readonly JsonWriterOptions _options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,

        // Depth is checked here, and what is written is well-formed.
        SkipValidation = true,
    };

    /// <summary>The value as text; null when JSON has none for it (<c>undefined</c>, functions).</summary>
    /// <exception cref="TransformFailedException">It is too large, or nested too deeply.</exception>
    public string? Write(JsValue value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer, _options);
        if (!TryWrite(writer, value, key: "", level: 0))
        {
            return null;
        }

        writer.Flush();
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>What scripts have as <c>JSON.stringify</c>.</summary>
    public JsValue Stringify(JsValue[] arguments)
    {
        if (!arguments.At(1).IsUndefined() && !arguments.At(1).IsNull())
        {
            throw new JavaScriptException(engine.Intrinsics.TypeError, "JSON.stringify has no replacer here");
        }

        return Write(arguments.At(0)) is { } text ? text : JsValue.Undefined;
    }

    private bool TryWrite(Utf8JsonWriter writer, JsValue given, string key, int level)
    {
        var value = AsJson(given, key);
        if (!HasJson(value))
        {
            return false;
        }

        WriteConverted(writer, value, level);
        return true;
    }

    private void WriteConverted(Utf8JsonWriter writer, JsValue value, int level)
    {
        if (level > TransformLimits.Depth)
        {
            throw new TransformFailedException($"What it makes JSON of is nested more than {TransformLimits.Depth} levels deep.");
        }

        switch (value)
        {
            case JsString text:
                Reserve(writer, text.Length);
                WriteText(writer, text.ToString());
                break;
            case JsNumber number:
                WriteNumber(writer, number);
                break;
            case JsBoolean:
                writer.WriteBooleanValue(TypeConverter.ToBoolean(value));
                break;
            case JsArray array:
                WriteArray(writer, array, level);
                break;
            case ObjectInstance members:
                WriteObject(writer, members, level);
                break;
            default:
                writer.WriteNullValue();
                break;
        }

        Reserve(writer, 0);
    }

    private static bool HasJson(JsValue value) => !value.IsUndefined() && !value.IsSymbol() && value is not Function;

    private static JsValue AsJson(JsValue value, string key) =>
        value is ObjectInstance @object && @object.Get("toJSON") is Function toJson
            ? toJson.Call(value, [new JsString(key)])
            : value;

    private void WriteArray(Utf8JsonWriter writer, JsArray array, int level)
    {
        writer.WriteStartArray();
        for (var index = 0u; index < array.Length; index++)
        {
            if (!TryWrite(writer, array[index], index.ToString(CultureInfo.InvariantCulture), level + 1))
            {
                writer.WriteNullValue();
            }
        }

        writer.WriteEndArray();
    }

    private void WriteObject(Utf8JsonWriter writer, ObjectInstance members, int level)
    {
        writer.WriteStartObject();
        foreach (var key in members.GetOwnPropertyKeys(Types.String))
        {
            if (members.GetOwnProperty(key) is not { Enumerable: true })
            {
                continue;
            }

            var name = key.ToString();
            var value = AsJson(members.Get(key), name);
            if (HasJson(value))
            {
                Reserve(writer, name.Length);
                writer.WritePropertyName(Encoding.UTF8.GetBytes(name));
                WriteConverted(writer, value, level + 1);
            }
        }

        writer.WriteEndObject();
    }

    /// <summary>Halves of characters that stand alone become U+FFFD: no receiver could read them.</summary>
    private static void WriteText(Utf8JsonWriter writer, string text) => writer.WriteStringValue(Encoding.UTF8.GetBytes(text));

    private static void WriteNumber(Utf8JsonWriter writer, JsNumber number)
    {
        if (double.IsFinite(number.AsNumber()))
        {
            writer.WriteRawValue(number.ToString(), skipInputValidation: true);
        }
        else
        {
            writer.WriteNullValue();
        }
    }

    private void Reserve(Utf8JsonWriter writer, int more)
    {
        engine.Constraints.Check();
        if (writer.BytesCommitted + writer.BytesPending + more > mostBytes)
        {
            throw new TransformFailedException($"What it makes JSON of has more than {mostBytes} bytes.");
        }
    }
}
