namespace Webhooks.Core.EventTypes;

/// <summary>How many slips of the pen lie between two words.</summary>
internal static class EditDistance
{
    /// <summary>
    /// The least number of characters to insert, delete, replace or swap with their neighbour that makes one word the other
    /// (optimal string alignment).
    /// </summary>
    public static int Between(string first, string second)
    {
        // Row i holds the distances from the first i characters of one word to every beginning of the other.
        var beforeLast = new int[second.Length + 1];
        var last = new int[second.Length + 1];
        var current = new int[second.Length + 1];
        for (var j = 0; j <= second.Length; j++)
        {
            current[j] = j;
        }

        for (var i = 1; i <= first.Length; i++)
        {
            (beforeLast, last, current) = (last, current, beforeLast);
            current[0] = i;
            for (var j = 1; j <= second.Length; j++)
            {
                var replaced = last[j - 1] + (first[i - 1] == second[j - 1] ? 0 : 1);
                current[j] = Math.Min(replaced, Math.Min(last[j], current[j - 1]) + 1);
                if (i > 1 && j > 1 && first[i - 1] == second[j - 2] && first[i - 2] == second[j - 1])
                {
                    current[j] = Math.Min(current[j], beforeLast[j - 2] + 1);
                }
            }
        }

        return current[second.Length];
    }
}
