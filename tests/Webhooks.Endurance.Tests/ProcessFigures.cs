using System.Globalization;

namespace Webhooks.Endurance.Tests;

/// <summary>What a process takes from its machine, as Linux tells it.</summary>
internal static class ProcessFigures
{
    public const long Mebibyte = 1024 * 1024;

    /// <summary>Resident memory in bytes.</summary>
    public static long Resident(int process) => Status(process, "VmRSS") * 1024;

    /// <summary>Threads.</summary>
    public static long Threads(int process) => Status(process, "Threads");

    /// <summary>Open files, sockets among them.</summary>
    public static int Handles(int process) => Directory.GetFileSystemEntries($"/proc/{process}/fd").Length;

    private static long Status(int process, string name)
    {
        var line = File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith($"{name}:", StringComparison.Ordinal));
        return long.Parse(line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}
