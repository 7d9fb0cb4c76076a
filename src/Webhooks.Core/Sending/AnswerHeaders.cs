using System.Net.Http.Headers;
using Webhooks.Core.Postgres;
using Webhooks.Core.Webhooks;

namespace Webhooks.Core.Sending;

/// <summary>The headers of an answer, as much of them as is kept, made safe to store.</summary>
internal static class AnswerHeaders
{
    public const int Most = 40;
    public const int MostValueCharacters = 500;

    /// <summary>Characters of all names and values together.</summary>
    public const int MostCharacters = 4000;

    /// <summary>What a session could be taken over with, which helps nobody to understand an answer.</summary>
    private static readonly HashSet<string> _masked = new(StringComparer.OrdinalIgnoreCase) { "Set-Cookie", "Set-Cookie2" };

    /// <summary>By name; of one that came several times, the values in a row. What is too long ends with an ellipsis.</summary>
    public static IReadOnlyDictionary<string, string> Read(HttpResponseMessage answer)
    {
        var kept = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var characters = 0;
        Keep(answer.Headers.NonValidated);
        Keep(answer.Content.Headers.NonValidated);
        return kept;

        void Keep(HttpHeadersNonValidated headers)
        {
            foreach (var (name, values) in headers)
            {
                var value = _masked.Contains(name) ? RequestHeaders.Mask : Excerpt(StorableText.From(values.ToString())!);
                characters += name.Length + value.Length;
                if (kept.Count == Most || characters > MostCharacters)
                {
                    return;
                }

                kept[name] = value;
            }
        }
    }

    private static string Excerpt(string value) =>
        value.Length > MostValueCharacters ? value[..(MostValueCharacters - 1)] + "…" : value;
}
