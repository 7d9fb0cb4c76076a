using System.Buffers;

namespace Webhooks.Api.Security;

/// <summary>Origins as browsers write them: scheme, host and port in small letters, and nothing else.</summary>
internal static class WebOrigin
{
    /// <summary>How one is written, for who has written something else.</summary>
    public const string Advice =
        "Write scheme, host and port as browsers do, in small letters, without a path, an end slash, a default port or *, as in "
        + "https://portal.example.com.";

    /// <summary>None of them ends a value in a header, or separates two.</summary>
    private static readonly SearchValues<char> _characters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789.-:/[]_");

    /// <summary>Whether a text is one.</summary>
    public static bool Is(string text) =>
        !text.AsSpan().ContainsAnyExcept(_characters)
        && Uri.TryCreate(text, UriKind.Absolute, out var origin)
        && origin.Scheme is "https" or "http"
        && origin.GetLeftPart(UriPartial.Authority) == text
        && origin.UserInfo.Length == 0;
}
