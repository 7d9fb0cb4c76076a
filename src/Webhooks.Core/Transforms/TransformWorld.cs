using Jint;
using Jint.Native.Function;
using Jint.Native.Object;
using Jint.Runtime;
using Jint.Runtime.Descriptors;

namespace Webhooks.Core.Transforms;

/// <summary>
/// The world of JavaScript that a transform may have, made of a fresh one: without chance, without what runs beside it or makes others of
/// its kind, and without what could make something large at once.
/// </summary>
internal static class TransformWorld
{
    private const string Prototype = "prototype";

    /// <summary>What stays of the global names.</summary>
    private static readonly HashSet<string> _kept = new(StringComparer.Ordinal)
    {
        "Infinity", "NaN", "undefined", "isFinite", "isNaN", "parseFloat", "parseInt",
        "decodeURI", "decodeURIComponent", "encodeURI", "encodeURIComponent",
        "Array", "Boolean", "Date", "JSON", "Map", "Math", "Number", "Object", "Set", "String",
        "Error", "EvalError", "RangeError", "ReferenceError", "SyntaxError", "TypeError", "URIError",
    };

    private static readonly string[] _ofFunctions = ["apply", "bind", "call", "constructor"];
    private static readonly string[] _ofExpressions = ["compile", "constructor"];
    private static readonly string[] _ofObjects = ["getOwnPropertyDescriptors", "getOwnPropertySymbols"];

    private static readonly string[] _ofTexts =
    [
        "anchor", "big", "blink", "bold", "fixed", "fontcolor", "fontsize", "italics", "link", "small", "strike", "sub", "sup",
    ];

    /// <summary>Does it.</summary>
    /// <param name="engine">A fresh engine.</param>
    /// <param name="guard">Holds functions of the language within limits.</param>
    public static void Furnish(Engine engine, TransformGuard guard)
    {
        var global = engine.Global;
        var (texts, arrays, objects) = (Of(global, "String"), Of(global, "Array"), Of(global, "Object"));
        var expressions = Of(Of(global, "RegExp"), Prototype);
        RemoveAll(Of(Of(global, "Iterator"), Prototype), _ => true);
        Remove(Of(Of(global, "Function"), Prototype), _ofFunctions);
        Remove(expressions, _ofExpressions);
        Remove(Of(global, "Math"), "random");
        Remove(objects, _ofObjects);
        Remove(arrays, "fromAsync");
        Remove(texts, "raw");
        Remove(Of(texts, Prototype), _ofTexts);
        RemoveAll(global, name => !_kept.Contains(name));

        ObjectInstance[] guarded =
        [
            texts, Of(texts, Prototype), arrays, Of(arrays, Prototype), objects, Of(global, "JSON"), expressions, global,
        ];
        foreach (var holder in guarded)
        {
            Guard(holder, guard);
        }
    }

    private static ObjectInstance Of(ObjectInstance holder, string name) => (ObjectInstance)holder.Get(name);

    private static void Remove(ObjectInstance holder, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            holder.Delete(name);
        }
    }

    private static void RemoveAll(ObjectInstance holder, Func<string, bool> isRemoved)
    {
        foreach (var name in holder.GetOwnPropertyKeys(Types.String).Where(name => isRemoved(name.ToString())))
        {
            holder.Delete(name);
        }
    }

    /// <summary>All functions that are no constructors.</summary>
    private static void Guard(ObjectInstance holder, TransformGuard guard)
    {
        foreach (var name in holder.GetOwnPropertyKeys(Types.String))
        {
            if (holder.GetOwnProperty(name) is { Configurable: true, Value: Function function } && !function.HasOwnProperty(Prototype))
            {
                var guarded = guard.Guarded(function, name.ToString());
                holder.DefineOwnProperty(
                    name, new PropertyDescriptor(guarded, writable: true, enumerable: false, configurable: true));
            }
        }
    }
}
