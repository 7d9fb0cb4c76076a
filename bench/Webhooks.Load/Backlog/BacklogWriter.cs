using System.Text;
using Webhooks.Core.Events;
using Webhooks.Load.Protocol;

namespace Webhooks.Load.Backlog;

/// <summary>A writer of events that stores them as the server does, but without a server.</summary>
internal static class BacklogWriter
{
    public static async Task<TimeSpent> RunAsync(EventPublisher publisher, BacklogPlan plan)
    {
        ReadOnlyMemory<byte> data = Encoding.UTF8.GetBytes(EventTemplate.Data);
        var next = 0;
        var startedAt = Clock.Now;
        await Task.WhenAll(Enumerable.Range(0, plan.Writers).Select(_ => Task.Run(WriteAllAsync)));
        return new TimeSpent(startedAt, Clock.Now);

        async Task WriteAllAsync()
        {
            while (Interlocked.Add(ref next, plan.Batch) - plan.Batch is var first && first < plan.Events)
            {
                await publisher.PublishAsync(
                    [.. Enumerable.Range(first, Math.Min(plan.Batch, plan.Events - first)).Select(MessageAt)], CancellationToken.None);
            }
        }

        EventMessage MessageAt(int index) =>
            new(plan.Organizations[index % plan.Organizations.Length], EventTemplate.EventType, data, Key: null, Timestamp: null);
    }
}
