using System.Buffers;
using System.Text.Json;

namespace Webhooks.Core.Webhooks;

/// <summary>Headers that a webhook's requests have beside those that the system sets.</summary>
public static class RequestHeaders
{
    public const int Most = 20;
    public const int MostNameCharacters = 100;
    public const int MostValueCharacters = 2000;

    /// <summary>Characters of all names and values together.</summary>
    public const int MostCharacters = 8000;

    /// <summary>What is shown in the place of each value.</summary>
    public const string Mask = "********";

    // RFC 9110, section 5.6.2.
    private static readonly SearchValues<char> _token = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>
    /// What the system sets, what is about the connection and not the request, and what opens the metadata services of clouds.
    /// </summary>
    private static readonly HashSet<string> _refused = new(StringComparer.OrdinalIgnoreCase)
    {
        "Accept", "User-Agent", "Host", "Connection", "Keep-Alive", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "Expect",
        "HTTP2-Settings", "Metadata", "Metadata-Flavor", "X-Identity-Header",
    };

    private static readonly string[] _refusedPrefixes =
        ["webhook-", "X-Webhook-", "Content-", "Proxy-", "X-aws-ec2-", "X-MS-", "X-Azure-", "X-Google-Metadata-", "ce-"];

    /// <summary>Why requests cannot have a header of that name; null when they can.</summary>
    public static string? NameProblem(string name)
    {
        if (name.Length is 0 or > MostNameCharacters || name.AsSpan().ContainsAnyExcept(_token))
        {
            return $"A header's name has 1 to {MostNameCharacters} letters, digits and hyphens.";
        }

        return _refused.Contains(name) || _refusedPrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            ? "A webhook cannot set this header: the system sets it, or it is about the connection, or clouds give it a meaning."
            : null;
    }

    /// <summary>Why a header cannot have that value, without telling it; null when it can.</summary>
    public static string? ValueProblem(string value) => value switch
    {
        Mask => "It stands for the value, which is not shown. Give the value, or leave headers out to keep all of them.",
        { Length: 0 or > MostValueCharacters } => $"It must have 1 to {MostValueCharacters} characters.",
        [' ', ..] or [.., ' '] => "It must not begin or end with a space.",
        _ when value.AsSpan().ContainsAnyExceptInRange(' ', '~') => "It must have printable ASCII characters only: no line breaks.",
        _ => null,
    };

    /// <summary>A webhook's headers and those of a text as it is stored, which take the place of others with their names.</summary>
    internal static IReadOnlyList<KeyValuePair<string, string>> Join(IReadOnlyList<KeyValuePair<string, string>> own, string text)
    {
        var given = FromText(text);
        var names = given.Select(header => header.Key).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return [.. own.Where(header => !names.Contains(header.Key)), .. given];
    }

    /// <summary>The text that is encrypted and stored.</summary>
    internal static string ToText(IReadOnlyDictionary<string, string> headers) => JsonSerializer.Serialize(headers);

    /// <summary>The headers of a stored text.</summary>
    internal static IReadOnlyList<KeyValuePair<string, string>> FromText(string text) =>
        [.. JsonElement.Parse(text).EnumerateObject().Select(header => KeyValuePair.Create(header.Name, header.Value.GetString()!))];
}
