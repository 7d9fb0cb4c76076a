using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Webhooks.Core.Transforms;

/// <summary>The time for which the thread that asks has had a processor, which others on the machine do not make longer.</summary>
internal static class ThreadTime
{
    private const int LinuxClock = 3;
    private const int AppleClock = 16;

    /// <summary>Since some time; where the system does not say, what the clock on the wall says.</summary>
    public static TimeSpan Now()
    {
        if (OperatingSystem.IsWindows() && GetThreadTimes(GetCurrentThread(), out _, out _, out var kernel, out var user))
        {
            return TimeSpan.FromTicks(kernel + user);
        }

        if ((OperatingSystem.IsLinux() || OperatingSystem.IsMacOS())
            && GetTime(OperatingSystem.IsLinux() ? LinuxClock : AppleClock, out var time) == 0)
        {
            return new TimeSpan(time.Seconds * TimeSpan.TicksPerSecond + time.Nanoseconds / TimeSpan.NanosecondsPerTick);
        }

        return Stopwatch.GetElapsedTime(0);
    }

    [DllImport("libc", EntryPoint = "clock_gettime")]
    private static extern int GetTime(int clock, out Time time);

    [DllImport("kernel32.dll")]
    private static extern nint GetCurrentThread();

    [DllImport("kernel32.dll")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static extern bool GetThreadTimes(nint thread, out long created, out long ended, out long kernel, out long user);

    [StructLayout(LayoutKind.Sequential)]
    private struct Time
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
