using System.Text;

namespace Webhooks.Core.Postgres;

/// <summary>Text as PostgreSQL can hold it in text and jsonb: valid Unicode without U+0000.</summary>
internal static class StorableText
{
    /// <summary>The text with U+FFFD in the place of every character that cannot be stored.</summary>
    public static string? From(string? text) => text is null || IsStorable(text) ? text : Replace(text);

    private static bool IsStorable(string text) =>
        !text.Contains('\0') && text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') < 0;

    private static string Replace(string text)
    {
        var storable = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            storable.Append(rune.Value == 0 ? Rune.ReplacementChar : rune);
        }

        return storable.ToString();
    }
}
