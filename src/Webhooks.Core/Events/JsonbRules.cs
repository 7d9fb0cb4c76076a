using System.Globalization;

namespace Webhooks.Core.Events;

/// <summary>What JSON allows and PostgreSQL's jsonb cannot hold, or would print at a length out of proportion.</summary>
internal static class JsonbRules
{
    /// <summary>
    /// Digits that a number may have before its decimal point, and after it, when it is written out. jsonb prints numbers without
    /// exponents (<c>1e131071</c> has 131,072 digits); every IEEE 754 double fits within this bound.
    /// </summary>
    public const int MostDigits = 400;

    /// <summary>Says what is wrong with a string or a property name; null when nothing is.</summary>
    /// <param name="raw">What stands between the quotes, escapes as they were written; well-formed according to RFC 8259.</param>
    public static string? FaultOfString(ReadOnlySpan<byte> raw)
    {
        var rest = raw;
        for (var escape = rest.IndexOf((byte)'\\'); escape >= 0; escape = rest.IndexOf((byte)'\\'))
        {
            rest = rest[escape..];
            if (rest[1] != (byte)'u')
            {
                rest = rest[2..];
                continue;
            }

            var unit = CodeUnit(rest);
            rest = rest[6..];
            if (unit == '\0')
            {
                return "It contains \\u0000, which cannot be stored. Remove the character.";
            }

            if (char.IsHighSurrogate(unit) && rest.StartsWith("\\u"u8) && char.IsLowSurrogate(CodeUnit(rest)))
            {
                rest = rest[6..];
            }
            else if (char.IsSurrogate(unit))
            {
                return $"It contains half of a surrogate pair (\\u{(int)unit:x4}), which is no character. Write both halves, or neither.";
            }
        }

        return null;
    }

    /// <summary>The length of a number as jsonb prints it, at most; null when it has too many digits.</summary>
    /// <param name="number">A number according to RFC 8259.</param>
    public static int? PrintedLength(ReadOnlySpan<byte> number)
    {
        var exponentAt = number.IndexOfAny((byte)'e', (byte)'E');
        var mantissa = exponentAt < 0 ? number : number[..exponentAt];
        if (ExponentOf(exponentAt < 0 ? [] : number[(exponentAt + 1)..]) is not { } exponent)
        {
            return null;
        }

        var sign = mantissa[0] == (byte)'-' ? 1 : 0;
        var point = mantissa.IndexOf((byte)'.');
        var fraction = point < 0 ? 0 : mantissa.Length - point - 1;
        var whole = (point < 0 ? mantissa.Length : point) - sign;

        var printedWhole = Math.Max(1, whole + exponent);
        var printedFraction = Math.Max(0, fraction - exponent);
        return printedWhole <= MostDigits && printedFraction <= MostDigits
            ? sign + printedWhole + (printedFraction > 0 ? 1 + printedFraction : 0)
            : null;
    }

    /// <summary>The exponent; null when it is so large that the number is refused whatever its digits are.</summary>
    private static int? ExponentOf(ReadOnlySpan<byte> text)
    {
        var negative = text.StartsWith("-"u8);
        var digits = text.TrimStart("+-"u8).TrimStart((byte)'0');
        if (digits.Length > 7)
        {
            return null;
        }

        var size = digits.IsEmpty ? 0 : int.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
        return negative ? -size : size;
    }

    /// <summary>The UTF-16 code unit that an escape (<c>\uXXXX</c>) at the beginning stands for.</summary>
    private static char CodeUnit(ReadOnlySpan<byte> escape) =>
        (char)ushort.Parse(escape.Slice(2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
