using System.Globalization;

namespace Webhooks.Core.Transforms;

/// <summary>What is wrong with a script, or went wrong as it ran.</summary>
/// <param name="Line">The line of the source, from 1; null when it is about no line.</param>
/// <param name="Message">The error for a person.</param>
public sealed record TransformError(int? Line, string Message)
{
    /// <summary>Both in one text.</summary>
    public string Text => Line is { } line ? string.Create(CultureInfo.InvariantCulture, $"Line {line}: {Message}") : Message;
}
