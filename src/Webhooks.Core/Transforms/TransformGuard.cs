using System.Text;
using Jint;
using Jint.Native;
using Jint.Native.Function;
using Jint.Native.Object;
using Jint.Runtime;
using Jint.Runtime.Descriptors;
using Jint.Runtime.Interop;

namespace Webhooks.Core.Transforms;

/// <summary>
/// The guard that holds a run within its limits where the interpreter does not: at values that an expression or a function of the language
/// itself has made, and before those functions that could make something large in one go.
/// </summary>
internal sealed class TransformGuard(Engine engine)
{
    /// <summary>Looks at the limits, and gives the value back. Of a string that is not made yet, but only remembered, it is.</summary>
    public JsValue Check(JsValue value)
    {
        var made = value is JsString text ? Materialize(text) : value;
        engine.Constraints.Check();
        return made;
    }

    /// <summary>A function that does the same as one of the language's, within the limits.</summary>
    public JsValue Guarded(JsValue function, string name) => new ClrFunction(
        engine,
        name,
        (self, arguments) =>
        {
            engine.Constraints.Check();
            return Check(function.Call(self, Prepare(name, self, arguments)));
        },
        (int)function.Get("length").AsNumber(),
        PropertyFlag.Configurable);

    private JsValue[] Prepare(string name, JsValue self, JsValue[] arguments)
    {
        switch (name)
        {
            case "repeat":
                RefuseLength(TextOf(self).Length * NumberAt(arguments, 0));
                break;
            case "padStart" or "padEnd":
                RefuseLength(NumberAt(arguments, 0));
                break;
            case "join" or "flat" when self is not JsArray:
                throw new TransformFailedException($"{name} is for arrays only.");
            case "concat" when self is not JsArray:
                RefuseLength(arguments.Sum(argument => (double)TextOf(argument).Length) + TextOf(self).Length);
                break;
            case "join" or "toString" or "toLocaleString" when self is JsArray array:
                RefuseLength(LengthOfJoined(array, arguments));
                break;
            case "flat" when self is JsArray array:
                CountFlat(array, arguments is [JsNumber depth, ..] ? depth.AsNumber() : 1, count: 0);
                break;
            case "match" or "matchAll" or "search" when arguments.At(0) is not ObjectInstance:
                RefusePattern(TextOf(arguments.At(0)));
                break;
            case "replace" or "replaceAll":
                return [arguments.At(0), Replacement(arguments.At(1))];
        }

        return arguments;
    }

    private static JsString Materialize(JsString text)
    {
        RefuseLength(text.Length);
        return new JsString(text.ToString());
    }

    private static void RefuseLength(double characters)
    {
        if (characters > TransformLimits.StringCharacters)
        {
            throw new TransformFailedException($"It makes a text of more than {TransformLimits.StringCharacters} characters.");
        }
    }

    private static void RefusePattern(string pattern)
    {
        if (pattern.Length > TransformLimits.PatternCharacters)
        {
            throw new TransformFailedException(
                $"It makes a regular expression of more than {TransformLimits.PatternCharacters} characters.");
        }
    }

    private static double LengthOfJoined(JsArray array, JsValue[] arguments)
    {
        var separator = arguments.At(0) is JsString given ? given.Length : 1;
        return array.Length * (double)separator + array.OfType<JsString>().Sum(element => (double)element.Length);
    }

    /// <summary>Counts what a flat array would have; what is within itself has no end.</summary>
    private int CountFlat(JsArray array, double depth, int count)
    {
        engine.Constraints.Check();
        foreach (var element in array)
        {
            count = element is JsArray inner && depth >= 1 ? CountFlat(inner, depth - 1, count) : count + 1;
            if (count > TransformLimits.ArrayElements)
            {
                throw new TransformFailedException($"It makes an array of more than {TransformLimits.ArrayElements} elements.");
            }
        }

        return count;
    }

    /// <summary>A function in the place of what replaces a match: it counts what it has given.</summary>
    private ClrFunction Replacement(JsValue replacement)
    {
        var characters = 0.0;
        var text = replacement is Function ? null : TextOf(replacement);
        return new ClrFunction(engine, "", Replace);

        JsValue Replace(JsValue self, JsValue[] match)
        {
            var with = text is null ? TextOf(replacement.Call(JsValue.Undefined, match)) : Expand(text, match);
            characters += with.Length;
            RefuseLength(characters);
            engine.Constraints.Check();
            return with;
        }
    }

    /// <summary>A text that replaces a match, with what the text names of it (ECMA-262, GetSubstitution).</summary>
    private static string Expand(string text, JsValue[] match)
    {
        if (!text.Contains('$', StringComparison.Ordinal))
        {
            return text;
        }

        var groups = match[^1] as ObjectInstance;
        var last = match.Length - (groups is null ? 1 : 2);
        var (whole, subject, at) = (TextOf(match[0]), TextOf(match[last]), (int)match[last - 1].AsNumber());
        var written = new StringBuilder();
        var position = 0;
        while (position < text.Length && written.Length <= TransformLimits.StringCharacters)
        {
            var (part, length) = ReferenceAt(text.AsSpan(position));
            written.Append(part ?? text.Substring(position, length));
            position += length;
        }

        return written.ToString();

        (string? Part, int Length) ReferenceAt(ReadOnlySpan<char> rest)
        {
            switch (rest)
            {
                case ['$', '$', ..]:
                    return ("$", 2);
                case ['$', '&', ..]:
                    return (whole, 2);
                case ['$', '`', ..]:
                    return (subject[..at], 2);
                case ['$', '\'', ..]:
                    return (subject[Math.Min(subject.Length, at + whole.Length)..], 2);
                case ['$', >= '0' and <= '9', >= '0' and <= '9', ..] when Group((rest[1] - '0') * 10 + rest[2] - '0') is { } two:
                    return (two, 3);
                case ['$', >= '1' and <= '9', ..] when Group(rest[1] - '0') is { } one:
                    return (one, 2);
                case ['$', '<', ..] when groups is not null && rest.IndexOf('>') is > 0 and var end:
                    var named = groups.Get(rest[2..end].ToString());
                    return (named.IsUndefined() ? "" : TextOf(named), end + 1);
                default:
                    var next = rest[1..].IndexOf('$');
                    return (null, next < 0 ? rest.Length : next + 1);
            }
        }

        string? Group(int number) =>
            number >= 1 && number < last - 1 ? match[number].IsUndefined() ? "" : TextOf(match[number]) : null;
    }

    private static string TextOf(JsValue value) => TypeConverter.ToString(value);

    private static double NumberAt(JsValue[] arguments, int index) => TypeConverter.ToNumber(arguments.At(index));
}
