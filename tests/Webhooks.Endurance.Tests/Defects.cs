using Webhooks.Testing;

namespace Webhooks.Endurance.Tests;

/// <summary>What servers write of things that cannot happen, whatever fails around them.</summary>
internal static class Defects
{
    private static readonly string[] _signs = [
        "failed unexpectedly", "could not be attempted", "refuses the result for good", "Unhandled exception"];

    /// <summary>The lines of all servers' logs that tell of one.</summary>
    public static IReadOnlyList<string> InLogs(Installation installation) =>
        [.. installation.Logs.SelectMany(log => log.Split('\n')).Where(
            line => _signs.Any(sign => line.Contains(sign, StringComparison.Ordinal)))];
}
