using System.Diagnostics;
using System.Globalization;

namespace Webhooks.EndToEnd.Tests;

/// <summary>The processes of this machine.</summary>
internal static class ProcessTable
{
    /// <summary>The ids of the processes whose command lines contain a text, such as a directory of the test's own.</summary>
    public static IReadOnlyList<int> FindMentioning(string text) =>
        [.. FindAll().Where(id => id != Environment.ProcessId && ReadCommandLine(id).Contains(text, StringComparison.Ordinal))];

    /// <summary>The one process whose command line contains both texts.</summary>
    public static int FindOne(string text, string other) => Assert.Single(FindMentioning(text).Intersect(FindMentioning(other)));

    /// <summary>Ends a process at once: SIGKILL.</summary>
    public static void Kill(int id)
    {
        using var process = Process.GetProcessById(id);
        process.Kill();
    }

    private static IEnumerable<int> FindAll()
    {
        foreach (var process in Process.GetProcesses())
        {
            using (process)
            {
                yield return process.Id;
            }
        }
    }

    private static string ReadCommandLine(int id)
    {
        if (!OperatingSystem.IsLinux())
        {
            string[] arguments = ["-o", "command=", "-p", id.ToString(CultureInfo.InvariantCulture)];
            using var ps = Process.Start(new ProcessStartInfo("ps", arguments) { RedirectStandardOutput = true })!;
            return ps.StandardOutput.ReadToEnd();
        }

        try
        {
            return File.ReadAllText($"/proc/{id}/cmdline").Replace('\0', ' ');
        }
        catch (IOException)
        {
            // It has ended meanwhile.
            return "";
        }
    }
}
