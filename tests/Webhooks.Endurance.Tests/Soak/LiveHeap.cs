using System.Diagnostics.Tracing;
using Microsoft.Diagnostics.NETCore.Client;
using Microsoft.Diagnostics.Tracing;
using Microsoft.Diagnostics.Tracing.Parsers;
using Microsoft.Diagnostics.Tracing.Parsers.Clr;

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
        const ClrTraceEventParser.Keywords Keywords =
            ClrTraceEventParser.Keywords.GC | ClrTraceEventParser.Keywords.GCHeapCollect | ClrTraceEventParser.Keywords.GCHeapDump;
        var left = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        var client = new DiagnosticsClient(process);
        using var session = await client.StartEventPipeSessionAsync(
            new EventPipeProvider(RuntimeProvider, EventLevel.Informational, (long)Keywords), requestRundown: false,
            token: cancellationToken);
        using var events = new EventPipeEventSource(session.EventStream);

        // Objects are counted one by one: the size of the heap has holes in it. They are told of between the start of the collection that
        // was asked for and its end, and the first end may be that of one that was under way already.
        var induced = false;
        var objects = 0L;
        events.Clr.GCStart += start => induced |= start.Reason == GCReason.Induced;
        events.Clr.GCBulkNode += bulk => objects += Enumerable.Range(0, bulk.Count).Sum(index => (long)bulk.Values(index).Size);
        events.Clr.GCStop += _ =>
        {
            if (induced && objects > 0)
            {
                left.TrySetResult(objects);
            }
        };
        var reading = Task.Run(events.Process, cancellationToken);
        var bytes = await left.Task.WaitAsync(TimeSpan.FromMinutes(3), cancellationToken);
        await session.StopAsync(cancellationToken);
        await reading;
        return bytes;
    }
}
