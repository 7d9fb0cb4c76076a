using System.Globalization;
using System.Text;

namespace Webhooks.Core.Filters;

/// <summary>Text in PostgreSQL's jsonpath that was given from outside. Nothing of it can end the literal that it is in.</summary>
internal static class JsonPathText
{
    /// <summary>A string literal.</summary>
    public static string Literal(string text)
    {
        var literal = new StringBuilder(text.Length + 2).Append('"');
        foreach (var character in text)
        {
            _ = character switch
            {
                '"' or '\\' => literal.Append('\\').Append(character),
                < ' ' or '\x7f' => literal.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}"),
                _ => literal.Append(character),
            };
        }

        return literal.Append('"').ToString();
    }

    /// <summary>
    /// A literal of a regular expression that matches strings which end with a text, and has nothing else of a meaning in it.
    /// </summary>
    public static string EndsWith(string text)
    {
        var expression = new StringBuilder(text.Length + 2);
        foreach (var character in text)
        {
            // What is neither a letter nor a digit means itself when it is escaped; letters and digits do when they are not.
            if (char.IsAscii(character) && !char.IsAsciiLetterOrDigit(character) && !char.IsControl(character))
            {
                expression.Append('\\');
            }

            expression.Append(character);
        }

        return Literal(expression.Append('$').ToString());
    }
}
