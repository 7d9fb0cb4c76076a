using Jint;
using Jint.Native;
using Jint.Native.Object;
using Webhooks.Core.Events;
using Webhooks.Core.Webhooks;

namespace Webhooks.Core.Transforms;

/// <summary>The reader of what a handler returned.</summary>
internal static class TransformResult
{
    /// <summary>Reads it.</summary>
    /// <param name="returned">What the handler returned.</param>
    /// <param name="json">Writes the body.</param>
    /// <exception cref="TransformFailedException">It cannot be sent.</exception>
    public static TransformOutcome Read(JsValue returned, TransformJson json)
    {
        if (returned is not ObjectInstance webhook || returned is JsArray)
        {
            throw new TransformFailedException("handler did not return an object: return the webhook, or {cancel: true}.");
        }

        if (webhook.Get("cancel") is JsBoolean cancel && cancel.AsBoolean())
        {
            return new TransformOutcome.Canceled();
        }

        if (webhook.Get("payload") is not ObjectInstance payload || json.Write(payload) is not { } body || body[0] is not ('{' or '['))
        {
            throw new TransformFailedException("What handler returned has no payload that is an object.");
        }

        return new TransformOutcome.Changed(body, ReadHeaders(webhook.Get("headers")));
    }

    private static Dictionary<string, string> ReadHeaders(JsValue given)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        if (given.IsUndefined() || given.IsNull())
        {
            return headers;
        }

        if (given is not ObjectInstance members || given is JsArray)
        {
            throw new TransformFailedException("The headers that handler returned are no object.");
        }

        foreach (var (key, property) in members.GetOwnProperties())
        {
            if (property.Enumerable && key is JsString)
            {
                Add(headers, key.ToString(), members.Get(key));
            }
        }

        if (headers.Sum(header => header.Key.Length + header.Value.Length) > RequestHeaders.MostCharacters)
        {
            throw new TransformFailedException($"Headers may have {RequestHeaders.MostCharacters} characters together.");
        }

        return headers;
    }

    private static void Add(Dictionary<string, string> headers, string name, JsValue value)
    {
        if (value is not JsString text)
        {
            throw new TransformFailedException($"headers.{Excerpt.Of(name)}: It must be a string.");
        }

        if ((RequestHeaders.NameProblem(name) ?? RequestHeaders.ValueProblem(text.ToString())) is { } problem)
        {
            throw new TransformFailedException($"headers.{Excerpt.Of(name)}: {problem}");
        }

        headers[name] = text.ToString();
        if (headers.Count > RequestHeaders.Most)
        {
            throw new TransformFailedException($"There may be {RequestHeaders.Most} headers.");
        }
    }
}
