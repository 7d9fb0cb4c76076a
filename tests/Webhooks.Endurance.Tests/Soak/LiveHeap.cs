using System.Diagnostics.Tracing;
using Microsoft.Diagnostics.NETCore.Client;
using Microsoft.Diagnostics.Tracing;
using Microsoft.Diagnostics.Tracing.Parsers;

namespace Webhooks.Endurance.Tests.Soak;

/// <summary>What a .NET process holds in memory and cannot let go.</summary>
internal static class LiveHeap
{
    private const string RuntimeProvider = "Microsoft-Windows-DotNETRuntime";

    /// <summary>Has the process collect all its garbage, and gives the bytes that are left.</summary>
    public static async Task<long> MeasureAsync(int process, CancellationToken cancellationToken)
    {
        // Objects with a finalizer go with the second collection.
        await CollectAsync(process, cancellationToken);
        return await CollectAsync(process, cancellationToken);
    }

    private static async Task<long> CollectAsync(int process, CancellationToken cancellationToken)
    {
        const ClrTraceEventParser.Keywords Keywords = ClrTraceEventParser.Keywords.GC | ClrTraceEventParser.Keywords.GCHeapCollect;
        var left = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        var client = new DiagnosticsClient(process);
        using var session = await client.StartEventPipeSessionAsync(
            new EventPipeProvider(RuntimeProvider, EventLevel.Informational, (long)Keywords), requestRundown: false,
            token: cancellationToken);
        using var events = new EventPipeEventSource(session.EventStream);

        // The first statistics may be of a collection that was under way already.
        var induced = false;
        events.Clr.GCStart += start => induced |= start.Reason == Microsoft.Diagnostics.Tracing.Parsers.Clr.GCReason.Induced;
        events.Clr.GCHeapStats += statistics =>
        {
            if (induced)
            {
                left.TrySetResult(statistics.TotalHeapSize);
            }
        };
        var reading = Task.Run(events.Process, cancellationToken);
        var bytes = await left.Task.WaitAsync(TimeSpan.FromMinutes(3), cancellationToken);
        await session.StopAsync(cancellationToken);
        await reading;
        return bytes;
    }
}
