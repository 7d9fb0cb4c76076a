using System.Diagnostics;

namespace Webhooks.Load.Protocol;

/// <summary>The clock that all processes of a machine share.</summary>
internal static class Clock
{
    /// <summary>CLOCK_MONOTONIC in nanoseconds, as <c>process.hrtime</c> of Node.js reads it.</summary>
    public static long Now => Stopwatch.GetTimestamp();
}
