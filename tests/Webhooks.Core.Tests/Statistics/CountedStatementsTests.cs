using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Webhooks.Core.Tests.Statistics;

/// <summary>A statement that changes what is counted counts that. Which do is tried elsewhere; this finds new ones.</summary>
public sealed partial class CountedStatementsTests
{
    /// <summary>They move rows between partitions, erase what ended deliveries hold, and erase organizations with their counts.</summary>
    private static readonly string[] _others = ["PartitionMaintenance.cs", "ExpiredPayloads.cs", "OrganizationErasures.cs"];

    [Fact]
    public void Every_file_with_a_statement_that_makes_or_ends_deliveries_counts_them()
    {
        var core = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "../../../src"));
        var files = Directory.GetFiles(core, "*.cs", SearchOption.AllDirectories)
            .Where(file => !_others.Contains(Path.GetFileName(file)))
            .Select(file => (Name: Path.GetFileName(file), Text: File.ReadAllText(file)))
            .Where(file => Changes().IsMatch(file.Text) || Updates().Matches(file.Text).Any(SetsStatus))
            .ToList();

        Assert.Contains(files, file => file.Name == "EventInsertion.cs");
        Assert.Contains(files, file => file.Name == "Cancellations.cs");
        Assert.All(files, file => Assert.Contains("StatisticsChanges.", file.Text, StringComparison.Ordinal));

        static bool SetsStatus(Match update) =>
            update.Groups["set"].Value is var set
            && (set.Contains("status =", StringComparison.Ordinal) || set.Contains('{', StringComparison.Ordinal));
    }

    [GeneratedRegex("INSERT INTO webhook_deliveries\\b(?!_)|DELETE FROM webhook_deliveries\\b(?!_)")]
    private static partial Regex Changes();

    [GeneratedRegex("UPDATE webhook_deliveries( AS \\w+)? SET(?<set>.*?)(WHERE|FROM|RETURNING)", RegexOptions.Singleline)]
    private static partial Regex Updates();

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
