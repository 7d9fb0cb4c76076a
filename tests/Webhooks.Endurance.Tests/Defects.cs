using Webhooks.Testing;

namespace Webhooks.Endurance.Tests;

/// <summary>What servers write of things that cannot happen, whatever fails around them.</summary>
internal static class Defects
{
    private static readonly string[] _signs = [
        "failed unexpectedly", "could not be attempted", "refuses the result for good", "Unhandled exception"];

    /// <summary>Fails with the lines of all servers' logs that tell of one.</summary>
    public static void AssertNone(Installation installation)
    {
        var lines = installation.Logs.SelectMany(log => log.Split('\n'))
            .Where(line => _signs.Any(sign => line.Contains(sign, StringComparison.Ordinal)))
            .ToList();
        Assert.True(lines.Count == 0, string.Join('\n', lines));
    }
}
