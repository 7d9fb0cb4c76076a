using System.Runtime.InteropServices;

namespace Webhooks.Server.Commands;

/// <summary>How many descriptors (files, sockets) this process may have open: <c>RLIMIT_NOFILE</c>, as <c>ulimit -n</c> shows it.</summary>
internal static class DescriptorLimit
{
    private const int OnLinux = 7;
    private const int OnMacOS = 8;

    /// <summary>The limit in force; .NET has raised it as far as it may. Null where there is none that is known.</summary>
    public static int? Read()
    {
        int resource;
        if (OperatingSystem.IsLinux())
        {
            resource = OnLinux;
        }
        else if (OperatingSystem.IsMacOS())
        {
            resource = OnMacOS;
        }
        else
        {
            return null;
        }

        return GetLimit(resource, out var limit) == 0 && limit.Current <= int.MaxValue ? (int)limit.Current : null;
    }

    [DllImport("libc", EntryPoint = "getrlimit")]
    private static extern int GetLimit(int resource, out Limit limit);

    /// <summary>The C structure <c>rlimit</c>.</summary>
    private struct Limit
    {
        public ulong Current;
        public ulong Most;
    }
}
