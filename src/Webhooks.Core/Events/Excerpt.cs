using System.Globalization;

namespace Webhooks.Core.Events;

/// <summary>What a caller wrote, made short and printable, so that it can stand in an error message or a line of a log.</summary>
public static class Excerpt
{
    private const int MostCharacters = 64;

    public static string Of(string text, int mostCharacters = MostCharacters)
    {
        var length = text.Length <= mostCharacters ? text.Length
            : char.IsHighSurrogate(text[mostCharacters - 1]) ? mostCharacters - 1
            : mostCharacters;
        var excerpt = string.Create(length, text, static (characters, text) =>
        {
            for (var i = 0; i < characters.Length; i++)
            {
                characters[i] = IsPrintable(text[i]) ? text[i] : '\uFFFD';
            }
        });
        return length < text.Length ? excerpt + "…" : excerpt;
    }

    /// <summary>Not a control character, a line break or something that turns the direction of writing.</summary>
    public static bool IsPrintable(char character) => char.GetUnicodeCategory(character) is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
