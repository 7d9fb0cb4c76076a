using System.Runtime.InteropServices;

namespace Webhooks.Core.Transforms;

/// <summary>The place of a thread in the line for a processor.</summary>
internal static class ThreadPrecedence
{
    /// <summary>
    /// The steps of <c>nice</c> after which a thread gets a tenth of what another one gets that wants the same processor at the same
    /// time, and all of it when no one does.
    /// </summary>
    private const int Steps = 10;

    /// <summary>
    /// Has the thread that calls give way to those that want a processor meanwhile. .NET does so by itself on Windows alone; Linux counts a
    /// thread's niceness (sched(7)), other systems the process's, which stays as it is.
    /// </summary>
    public static void GiveWay()
    {
        Thread.CurrentThread.Priority = ThreadPriority.BelowNormal;
        if (OperatingSystem.IsLinux())
        {
            _ = BeNicer(Steps);
        }
    }

    [DllImport("libc", EntryPoint = "nice")]
    private static extern int BeNicer(int steps);
}
