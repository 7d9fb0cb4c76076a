using System.Text;

namespace Webhooks.Core.Webhooks;

/// <summary>Punycode (RFC 3492): text of any letters as letters, digits and hyphens.</summary>
internal static class Punycode
{
    private const int Base = 36;
    private const int LeastThreshold = 1;
    private const int MostThreshold = 26;
    private const int Skew = 38;
    private const int Damp = 700;
    private const int FirstBias = 72;
    private const int FirstCodePoint = 128;

    /// <summary>Encodes a label of a host name (section 6.3), without the prefix <c>xn--</c>.</summary>
    /// <param name="label">At most as many characters as a URL has, so that nothing overflows.</param>
    public static string Encode(IReadOnlyList<Rune> label)
    {
        var encoded = new StringBuilder();
        foreach (var character in label.Where(character => character.IsAscii))
        {
            encoded.Append(character);
        }

        var basic = encoded.Length;
        var handled = basic;
        if (basic > 0)
        {
            encoded.Append('-');
        }

        var codePoint = FirstCodePoint;
        var delta = 0;
        var bias = FirstBias;
        while (handled < label.Count)
        {
            var next = label.Where(character => character.Value >= codePoint).Min(character => character.Value);
            delta = checked(delta + ((next - codePoint) * (handled + 1)));
            codePoint = next;
            foreach (var character in label)
            {
                if (character.Value < codePoint)
                {
                    delta++;
                }
                else if (character.Value == codePoint)
                {
                    AppendNumber(encoded, delta, bias);
                    bias = Adapt(delta, handled + 1, isFirst: handled == basic);
                    delta = 0;
                    handled++;
                }
            }

            delta++;
            codePoint++;
        }

        return encoded.ToString();
    }

    private static void AppendNumber(StringBuilder encoded, int number, int bias)
    {
        for (var k = Base; ; k += Base)
        {
            var threshold = Math.Clamp(k - bias, LeastThreshold, MostThreshold);
            if (number < threshold)
            {
                encoded.Append(Digit(number));
                return;
            }

            encoded.Append(Digit(threshold + ((number - threshold) % (Base - threshold))));
            number = (number - threshold) / (Base - threshold);
        }
    }

    private static int Adapt(int delta, int count, bool isFirst)
    {
        delta = isFirst ? delta / Damp : delta / 2;
        delta += delta / count;
        var k = 0;
        for (; delta > (Base - LeastThreshold) * MostThreshold / 2; k += Base)
        {
            delta /= Base - LeastThreshold;
        }

        return k + ((Base - LeastThreshold + 1) * delta / (delta + Skew));
    }

    private static char Digit(int value) => (char)(value < 26 ? 'a' + value : '0' + value - 26);
}
