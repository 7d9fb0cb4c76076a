namespace Webhooks.Core;

/// <summary>
/// UUIDs as text from outside, as RFC 9562 writes them: 36 characters, hexadecimal digits and hyphens, nothing around them.
/// </summary>
public static class UuidText
{
    private const int Length = 36;

    /// <summary>Reads one. .NET's own reader would also take white space around it.</summary>
    public static bool TryParse(string? text, out Guid id)
    {
        id = Guid.Empty;
        return text?.Length == Length && Guid.TryParseExact(text, "D", out id);
    }
}
