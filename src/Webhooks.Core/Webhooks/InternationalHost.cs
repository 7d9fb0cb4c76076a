using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Webhooks.Core.Webhooks;

/// <summary>A host name with letters beyond ASCII, and the ASCII form that is resolved.</summary>
/// <remarks>
/// The form is the one that browsers resolve (UTS 46 as the URL standard applies it), or there is none: what would need all of that
/// standard's mappings, normalization, or rules for joiners is refused. Those need more of Unicode than .NET has without its globalization
/// data, and what .NET does instead, with or without them, leads to another host: it neither maps full-width letters nor refuses joiners,
/// and it fails at right-to-left labels that end in a digit.
/// </remarks>
internal static class InternationalHost
{
    private const string Prefix = "xn--";

    /// <summary>A full stop, and what UTS 46 maps to it.</summary>
    private static readonly char[] _dots = ['.', '\u3002', '\uFF0E', '\uFF61'];

    /// <summary>The host in ASCII; false when that is not certain.</summary>
    public static bool TryToAscii(string host, [NotNullWhen(true)] out string? ascii)
    {
        ascii = null;
        var labels = host.Split(_dots);
        var isRightToLeft = false;
        for (var i = 0; i < labels.Length; i++)
        {
            if (Ascii.IsValid(labels[i]))
            {
                continue;
            }

            var characters = Lower(labels[i]);
            var isLabelRightToLeft = IsRightToLeft(characters);
            if (!isLabelRightToLeft && !IsLeftToRight(characters))
            {
                return false;
            }

            isRightToLeft |= isLabelRightToLeft;
            labels[i] = Prefix + Punycode.Encode(characters);
        }

        if (isRightToLeft && !Array.TrueForAll(labels, MayStandBesideRightToLeft))
        {
            return false;
        }

        ascii = string.Join('.', labels);
        return true;
    }

    /// <summary>Lower case of the scripts whose simple mapping is UTS 46's in every version of it.</summary>
    private static List<Rune> Lower(string label) =>
        [.. label.EnumerateRunes().Select(character => IsLowered(character.Value) ? Rune.ToLowerInvariant(character) : character)];

    /// <summary>
    /// Latin, Greek, Cyrillic and Armenian. Palochka and the capital sharp s were mapped in another way by earlier versions.
    /// </summary>
    private static bool IsLowered(int character) =>
        character is < 0x590 and not 0x4C0 or (>= 0x1E00 and < 0x1F00 and not 0x1E9E);

    private static bool IsLeftToRight(List<Rune> label)
    {
        if (IsMark(label[0]) || (label is [{ Value: 'x' }, { Value: 'n' }, { Value: '-' }, { Value: '-' }, ..]))
        {
            return false;
        }

        for (var i = 0; i < label.Count; i++)
        {
            if (!IsPlain(label[i]) && !HostCharacters.LeftToRight.Contains(label[i]))
            {
                return false;
            }

            if (i > 0 && HostCharacters.Combining.Contains(label[i]) && HostCharacters.Combining.Contains(label[i - 1]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The Bidi Rule (RFC 5893, 2) for letters, European digits and hyphens.</summary>
    private static bool IsRightToLeft(List<Rune> label) =>
        HostCharacters.RightToLeft.Contains(label[0])
        && label[^1].Value != '-'
        && label.TrueForAll(character =>
            character.Value is (>= '0' and <= '9') or '-' || HostCharacters.RightToLeft.Contains(character));

    /// <summary>The same rule for the other labels of such a name, as far as one can see without the properties of every letter.</summary>
    private static bool MayStandBesideRightToLeft(string label) =>
        label.Length == 0 || (char.IsAsciiLetter(label[0]) && char.IsAsciiLetterOrDigit(label[^1]));

    private static bool IsPlain(Rune character) => character.Value is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-' or '_';

    private static bool IsMark(Rune character) =>
        Rune.GetUnicodeCategory(character)
            is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;
}
