using System.Globalization;
using System.Text;

namespace Webhooks.Core.Webhooks;

/// <summary>A set of characters, read from <c>InternationalCharacters.txt</c>.</summary>
internal sealed class HostCharacters
{
    private static readonly Lazy<Dictionary<string, HostCharacters>> _all = new(ReadAll);

    private readonly int[] _starts;
    private readonly int[] _ends;

    private HostCharacters(IEnumerable<string> ranges)
    {
        var bounds = ranges.Select(range => range.Split('-')).ToList();
        _starts = [.. bounds.Select(bound => Parse(bound[0]))];
        _ends = [.. bounds.Select(bound => Parse(bound[^1]))];
    }

    /// <summary>Those that may stand in a label of left-to-right text.</summary>
    public static HostCharacters LeftToRight => _all.Value["[left-to-right]"];

    /// <summary>Letters of right-to-left text.</summary>
    public static HostCharacters RightToLeft => _all.Value["[right-to-left]"];

    /// <summary>Those of <see cref="LeftToRight"/> that normalization may put into another order when two follow each other.</summary>
    public static HostCharacters Combining => _all.Value["[combining]"];

    /// <summary>Whether it holds a character.</summary>
    public bool Contains(Rune character)
    {
        var index = Array.BinarySearch(_starts, character.Value);
        return index >= 0 || (~index > 0 && character.Value <= _ends[~index - 1]);
    }

    private static Dictionary<string, HostCharacters> ReadAll()
    {
        const string Resource = "Webhooks.Core.Webhooks.InternationalCharacters.txt";
        using var reader = new StreamReader(typeof(HostCharacters).Assembly.GetManifestResourceStream(Resource)!);
        var ranges = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        List<string> section = [];
        while (reader.ReadLine() is { } line)
        {
            switch (line)
            {
                case ['#', ..]:
                    break;
                case ['[', ..]:
                    ranges.Add(line, section = []);
                    break;
                default:
                    section.AddRange(line.Split(' '));
                    break;
            }
        }

        return ranges.ToDictionary(pair => pair.Key, pair => new HostCharacters(pair.Value), StringComparer.Ordinal);
    }

    private static int Parse(string hexadecimal) => int.Parse(hexadecimal, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
