using System.Collections.Concurrent;
using Webhooks.Load.Protocol;

namespace Webhooks.Load.Publishing;

/// <summary>A publisher of events over HTTP. Each answer must be 202.</summary>
internal sealed class Publisher(Uri server, string token)
{
    private readonly PublishRequest _requests = new(server, token);

    /// <summary>Publishes as fast as the server accepts.</summary>
    /// <returns>From the first request to the last answer.</returns>
    public async Task<TimeSpent> PublishAsync(PublishPlan plan)
    {
        var queue = MakeRequests(plan);
        var connections = await Task.WhenAll(Enumerable.Range(0, plan.Connections).Select(_ => PublisherConnection.OpenAsync(server)));
        var startedAt = Clock.Now;
        await Task.WhenAll(connections.Select(connection => Task.Run(() => PublishAllAsync(connection, queue))));
        var spent = new TimeSpent(startedAt, Clock.Now);
        Array.ForEach(connections, connection => connection.Dispose());
        return spent;
    }

    /// <summary>Publishes at a steady rate, whether or not earlier events have been answered.</summary>
    public async Task<PacedEvent[]> PaceAsync(PacePlan plan)
    {
        var requests = Array.ConvertAll(plan.Organizations, _requests.ForOne);
        var idle = new ConcurrentBag<PublisherConnection>();
        var published = new PacedEvent[plan.PerSecond * plan.Seconds];
        await Pacing.RunAsync(plan.PerSecond, plan.Seconds, async index =>
        {
            var request = (byte[])requests[index % requests.Length].Clone();
            var connection = idle.TryTake(out var unused) ? unused : await PublisherConnection.OpenAsync(server);
            var sentAt = Clock.Now;
            EventTemplate.WriteTime(request, sentAt);
            await connection.PostAsync(request);
            published[index] = new PacedEvent(sentAt, Clock.Now);
            idle.Add(connection);
        });
        foreach (var connection in idle)
        {
            connection.Dispose();
        }

        return published;
    }

    private static async Task PublishAllAsync(PublisherConnection connection, ConcurrentQueue<byte[]> requests)
    {
        while (requests.TryDequeue(out var request))
        {
            await connection.PostAsync(request);
        }
    }

    /// <summary>Makes all requests before the first is sent; those that are alike are the same bytes.</summary>
    private ConcurrentQueue<byte[]> MakeRequests(PublishPlan plan)
    {
        var known = new Dictionary<(int Organization, int Count), byte[]>();
        var requests = new ConcurrentQueue<byte[]>();
        for (var first = 0; first < plan.Events; first += plan.Batch)
        {
            var alike = (Organization: first % plan.Organizations.Length, Count: Math.Min(plan.Batch, plan.Events - first));
            if (!known.TryGetValue(alike, out var request))
            {
                known[alike] = request = plan.Batch == 1
                    ? _requests.ForOne(plan.Organizations[alike.Organization])
                    : _requests.ForMany(plan.Organizations, alike.Organization, alike.Count);
            }

            requests.Enqueue(request);
        }

        return requests;
    }
}
